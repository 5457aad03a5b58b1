import type { ProposalOrigin } from '../../core/search/proposal';
import type { SlotOutcome } from '../../core/search/slot-allocation';
import type { Stores } from '../../storage';
import { decisionsBefore } from '../decisions-before';
import { proposalsRecords, type ProposalRecord } from './proposals-record';

/** They put together what took slots. */
const tookNoSlot: ReadonlySet<ProposalOrigin> = new Set(['combination', 'simultaneous']);

/**
 * What each slot brought that an optimizer took in earlier iterations of the run, for any component: the gain on validation where
 * the proposal, or one with the same outputs, went there, else by the metric on training inputs, else nothing; losses count as nothing. A combination, as the finalist
 * of a simultaneous step, took no slot: what it gained is shared by the optimizers of its members.
 */
export async function slotOutcomes(stores: Stores, runId: string, before: number): Promise<SlotOutcome[]> {
  const decisions = await decisionsBefore(stores, runId, before);
  const outcomes: SlotOutcome[] = [];
  for (const { iteration, proposals } of await proposalsRecords(stores, runId, { before })) {
    const decision = decisions.find((item) => item.iteration === iteration);
    const realised = new Map(decision?.validated.map((item) => [item.configurationHash, item.realised]));
    for (const proposal of proposals) {
      const { configurationHash, optimizers, origin, sameOutputsAs, measuredGain } = proposal;
      const slotless = tookNoSlot.has(origin);
      const own = realised.get(configurationHash);
      const found = slotless
        ? (own ?? measuredGain)
        : (own ?? realised.get(sameOutputsAs ?? '') ?? measuredGain ?? rankedByMetric(proposal));
      const gain = Math.max(0, found ?? 0);
      if (slotless && gain === 0) continue;
      for (const optimizer of optimizers) outcomes.push({ optimizer, iteration, gain: gain / optimizers.length });
    }
  }
  return outcomes;
}

/** Where the metric ranked, what a proposal was expected to gain is what it gained on training inputs. */
function rankedByMetric({ judge, expectedGain }: ProposalRecord): number | null {
  return judge === 'metric' ? expectedGain : null;
}
