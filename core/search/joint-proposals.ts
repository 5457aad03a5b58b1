import { inTurn } from '../random/in-turn';
import { joinedProposal } from './joined-proposal';
import { proposalHash, type Proposal } from './proposal';
import type { RankedCandidate } from './ranking';

/** One component of a joint move, with proposals that change it alone, best first. */
export interface JointSide {
  component: string;
  proposals: readonly Proposal[];
}

/**
 * The ranked proposals of a component, the best of each changed part (variables; a prompt's instructions and demonstrations apart) in
 * turn, whatever they gain alone: gains that only two components have together are not seen by single steps. What changes other
 * components too, and what was not measured, is left out.
 *
 * @param ranked as `rankProposals` gives it.
 */
export function bestOfEachPart(ranked: readonly RankedCandidate[]): Proposal[] {
  const parts = new Map<string, Proposal[]>();
  for (const { proposal, value } of ranked) {
    if (proposal === null || value === null || proposal.elsewhere !== undefined) continue;
    const part = JSON.stringify(proposal.changed.map(({ variable, kind }) => [variable, kind]));
    parts.set(part, [...(parts.get(part) ?? []), proposal]);
  }
  return inTurn([...parts.values()]);
}

/**
 * Pairs of a proposal for one component with one for the other, at most `count`. All proposals of both sides are used alike, as in a
 * Latin square, and each about twice where the sides are long enough: the first ones are paired first, and none is
 * paired with all of the other side before the others had their turn. Pairs that are known are left out, and the more of
 * them there are, the more proposals of each side are used.
 *
 * @param known `proposalHash` of pairs that were tried already.
 */
export function jointProposals(
  first: JointSide,
  second: JointSide,
  known: ReadonlySet<string>,
  count: number,
): Proposal[] {
  const cells = 2 * (count + known.size);
  const usual = Math.ceil(Math.sqrt(cells));
  // A short side leaves room for more of the other.
  const most = (side: JointSide, other: JointSide): JointSide['proposals'] =>
    side.proposals.slice(0, Math.max(usual, Math.floor(cells / Math.max(1, Math.min(other.proposals.length, usual)))));
  const [left, right] = [most(first, second), most(second, first)];
  return latinOrder(left.length, right.length)
    .map(([row, column]) =>
      joinedProposal(
        [
          { component: first.component, proposal: left[row] as Proposal },
          { component: second.component, proposal: right[column] as Proposal },
        ],
        'joint',
      ),
    )
    .filter((pair) => !known.has(proposalHash(pair)))
    .slice(0, count);
}

/**
 * Pairs whose sides are those of the best ranked pairs, in other combinations than were ranked: the sides of each component in the
 * order of their best pair.
 *
 * @param ranked as `rankProposals` gives it, of proposals that `jointProposals` made of the same two components.
 * @param known `proposalHash` of pairs that were tried in earlier iterations.
 */
export function crossedProposals(
  components: { component: string; partner: string },
  ranked: readonly RankedCandidate[],
  known: ReadonlySet<string>,
  count: number,
): Proposal[] {
  const { component, partner } = components;
  const pairs = ranked.flatMap(({ proposal, value }) => (proposal === null || value === null ? [] : [proposal]));
  const tried = new Set([...known, ...pairs.map(proposalHash)]);
  const first = distinctSides(pairs.map((pair) => sideOf(pair, component, pair.settings)));
  const second = distinctSides(pairs.map((pair) => sideOf(pair, partner, pair.elsewhere?.[partner] ?? {})));
  const crossed = first.flatMap((left, row) =>
    second.map((right, column) => ({
      rank: row + column,
      pair: joinedProposal(
        [
          { component, proposal: left },
          { component: partner, proposal: right },
        ],
        'joint',
      ),
    })),
  );
  return crossed
    .filter(({ pair }) => !tried.has(proposalHash(pair)))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, count)
    .map(({ pair }) => pair);
}

/** What a pair does to one of its components. */
function sideOf(pair: Proposal, component: string, settings: Proposal['settings']): Proposal {
  const changed = pair.changed.filter((change) => change.component === component);
  const kinds = [...new Set(changed.map(({ variable, kind }) => `${variable} (${kind})`))];
  return { settings, origin: pair.origin, changed, note: kinds.join(', ') };
}

function distinctSides(sides: readonly Proposal[]): Proposal[] {
  return [...new Map(sides.map((side) => [proposalHash(side), side])).values()];
}

/** All places of a table, by diagonals: every row and every column comes up alike often from the start. */
function latinOrder(rows: number, columns: number): [row: number, column: number][] {
  const period = leastCommonMultiple(rows, columns);
  return Array.from({ length: rows * columns }, (_, index): [number, number] => [
    index % rows,
    (index + Math.floor(index / period)) % columns,
  ]);
}

function leastCommonMultiple(a: number, b: number): number {
  let [large, small] = [a, b];
  while (small > 0) [large, small] = [small, large % small];
  return large === 0 ? 1 : (a * b) / large;
}
