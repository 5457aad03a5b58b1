import { inTurn } from '../random/in-turn';
import { configurationHash, type ComponentConfiguration } from '../system/configuration';
import { proposalHash, type Proposal } from './proposal';

/**
 * Fills an iteration's slots from what the optimizers offer, each its own first, best first; what an optimizer leaves empty goes to
 * the spares of the others in turn. Equal settings count once, for the first optimizer that offers them.
 *
 * @returns the proposals that are tried, the optimizers in turn.
 */
export function fillSlots(options: {
  incumbent: ComponentConfiguration;
  slots: number;
  offers: readonly { slots: number; proposals: readonly Proposal[] }[];
}): Proposal[] {
  const seen = new Set([configurationHash(options.incumbent)]);
  const queues = options.offers.map(({ slots, proposals }) => {
    const own = proposals.filter((proposal) => {
      const hash = proposalHash(proposal);
      return !seen.has(hash) && seen.add(hash);
    });
    return { taken: own.slice(0, slots), spares: own.slice(slots) };
  });
  const taken = inTurn(queues.map((queue) => queue.taken));
  const spares = inTurn(queues.map((queue) => queue.spares));
  return [...taken, ...spares].slice(0, options.slots);
}
