import type { Json } from '../system/json';
import type { PromptValue, SettingKind } from '../system/variable';
import { distinctProposals, propose, proposalHash, type Incumbent, type Proposal } from './proposal';
import type { RankedCandidate } from './ranking';

/** Of each other part so many of the best are tried beside the best proposal, also where alone they gain nothing. */
const partnersPerPart = 2;

/**
 * Joint moves within a component: the best changes of different parts (variables; a prompt's instructions and
 * demonstrations apart) put together. First all the best with a gain above 0; then the best proposal with the two best of
 * every other part, whatever these gain alone; then other models with the sets of demonstrations, whatever these gain alone,
 * for at most half of the count (which demonstrations serve depends on the model that reads them); then all pairs with gains
 * above 0. Nothing else is combined where nothing gains. What was ranked already is not proposed again.
 *
 * @param options.ranked as `rankProposals` gives it.
 * @param options.count most proposals; default 8.
 */
export function combineProposals(options: {
  incumbent: Incumbent;
  ranked: readonly RankedCandidate[];
  count?: number;
}): Proposal[] {
  const { incumbent, ranked, count = 8 } = options;
  const measured = ranked.filter((item) => item.value !== null && item.proposal !== null);
  const better = measured.filter((item) => (item.value?.meanGain ?? 0) > 0).flatMap((item) => item.proposal ?? []);
  const [leader] = better;
  const best: Proposal[] = [];
  for (const proposal of better) {
    if (best.every((other) => disjoint(other, proposal))) best.push(proposal);
  }
  const partnersTaken = new Map<string, number>();
  const withLeader = measured.flatMap(({ proposal }) => {
    if (leader === undefined || proposal === null || !disjoint(leader, proposal)) return [];
    const part = JSON.stringify(proposal.changed.map(({ variable, kind }) => [variable, kind]));
    const taken = partnersTaken.get(part) ?? 0;
    partnersTaken.set(part, taken + 1);
    return taken < partnersPerPart ? [[leader, proposal]] : [];
  });
  const pairs = better.flatMap((first, index) =>
    better
      .slice(index + 1)
      .map((second, offset) => ({ members: [first, second], rank: index + index + 1 + offset }))
      .filter(({ members: [a, b] }) => disjoint(a as Proposal, b as Proposal)),
  );
  pairs.sort((a, b) => a.rank - b.rank);
  const only = (kind: SettingKind): Proposal[] =>
    measured.flatMap(({ proposal }) => (proposal?.changed.every((change) => change.kind === kind) ? [proposal] : []));
  const shown = only('model').flatMap((model) => only('demonstrations').map((set) => [model, set]));
  const known = new Set(ranked.map((item) => item.hash));
  const combined = [
    best,
    ...withLeader,
    ...shown.slice(0, Math.floor(count / 2)),
    ...pairs.map((pair) => pair.members),
  ].map((members) => merge(incumbent, members));
  return distinctProposals(incumbent, combined)
    .filter((proposal) => !known.has(proposalHash(proposal)))
    .slice(0, count);
}

function disjoint(a: Proposal, b: Proposal): boolean {
  return a.changed.every((one) =>
    b.changed.every((other) => one.variable !== other.variable || one.kind !== other.kind),
  );
}

function merge(incumbent: Incumbent, members: readonly Proposal[]): Proposal | undefined {
  if (members.length < 2) return undefined;
  const values: Record<string, Json> = {};
  for (const { settings, changed } of members) {
    for (const { variable, kind } of changed) {
      const from = settings[variable] as Json;
      if (kind !== 'instructions' && kind !== 'demonstrations') {
        values[variable] = from;
        continue;
      }
      const current = (values[variable] ?? incumbent.settings[variable]) as unknown as PromptValue;
      values[variable] = { ...current, [kind]: (from as unknown as PromptValue)[kind] } as unknown as Json;
    }
  }
  const note = members.map((member) => `${member.origin}${member.note === undefined ? '' : ` (${member.note})`}`);
  const combined = propose(incumbent, values, { origin: 'combination', note: note.join(' + ') });
  const optimizers = [...new Set(members.flatMap((member) => member.optimizers ?? []))];
  return combined && (optimizers.length > 0 ? { ...combined, optimizers } : combined);
}
