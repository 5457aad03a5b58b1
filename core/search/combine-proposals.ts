import type { Json } from '../system/json';
import type { PromptValue, SettingKind } from '../system/variable';
import { distinctProposals, propose, proposalHash, type Incumbent, type Proposal } from './proposal';
import type { RankedCandidate } from './ranking';

/** Of one round. */
export const mostCombinations = 8;

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
 * @param options.count most proposals; default `mostCombinations`.
 */
export function combineProposals(options: {
  incumbent: Incumbent;
  ranked: readonly RankedCandidate[];
  count?: number;
}): Proposal[] {
  const { incumbent, ranked, count = mostCombinations } = options;
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
    const part = JSON.stringify(
      proposal.changed.map(({ component, variable, kind }) => [component ?? null, variable, kind]),
    );
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
  // Both change other components, of which each has whole settings.
  if (a.elsewhere !== undefined && b.elsewhere !== undefined) return false;
  return ownChanges(a).every((one) =>
    ownChanges(b).every((other) => one.variable !== other.variable || one.kind !== other.kind),
  );
}

/** What a proposal changes of its own component. */
function ownChanges({ changed, elsewhere = {} }: Proposal): Proposal['changed'] {
  return changed.filter(({ component }) => component === undefined || !(component in elsewhere));
}

function merge(incumbent: Incumbent, members: readonly Proposal[]): Proposal | undefined {
  if (members.length < 2) return undefined;
  const values: Record<string, Json> = {};
  for (const member of members) {
    for (const { variable, kind } of ownChanges(member)) {
      const from = member.settings[variable] as Json;
      if (kind !== 'instructions' && kind !== 'demonstrations') {
        values[variable] = from;
        continue;
      }
      const current = (values[variable] ?? incumbent.settings[variable]) as unknown as PromptValue;
      values[variable] = { ...current, [kind]: (from as unknown as PromptValue)[kind] } as unknown as Json;
    }
  }
  const note = members.map((member) => `${member.origin}${member.note === undefined ? '' : ` (${member.note})`}`);
  const optimizers = [...new Set(members.flatMap((member) => member.optimizers ?? []))];
  const combined = propose(incumbent, values, { origin: 'combination', note: note.join(' + ') });
  const merged = combined && (optimizers.length > 0 ? { ...combined, optimizers } : combined);
  const wider = members.find(({ elsewhere }) => elsewhere !== undefined);
  return merged === undefined || wider === undefined ? merged : withElsewhere(merged, wider);
}

/** A proposal with what another one changes in other components beside it. */
function withElsewhere(proposal: Proposal, wider: Proposal): Proposal {
  const own = ownChanges(wider);
  const component = own[0]?.component;
  return {
    ...proposal,
    ...(wider.elsewhere !== undefined && { elsewhere: wider.elsewhere }),
    changed: [
      ...proposal.changed.map((change) => ({ ...(component !== undefined && { component }), ...change })),
      ...wider.changed.filter((change) => !own.includes(change)),
    ],
  };
}
