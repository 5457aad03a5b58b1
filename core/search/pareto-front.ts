import type { RandomStream } from '../random/stream';
import { mean } from '../validation/moments';

/** Something that was measured on some instances (training examples). */
export interface Contender {
  id: string;
  /** Instance -> score; larger is better. Those of different contenders are on one scale. */
  scores: ReadonlyMap<string, number>;
}

export type FrontMember<C extends Contender = Contender> = C & {
  /** Instances on which none scored more. */
  wins: readonly string[];
};

/** Scores are sums of measured differences: closer ones are equal. */
const tolerance = 1e-9;

/**
 * The Pareto front over instances (GEPA: Agrawal et al. 2025, algorithm 2): contenders that are best on at least one instance,
 * without those that others cover, that is, on each of whose best instances another of the front is as good; the ones with the lowest mean
 * are dropped first. In the order given.
 */
export function paretoFront<C extends Contender>(contenders: readonly C[]): FrontMember<C>[] {
  const best = new Map<string, number>();
  for (const { scores } of contenders) {
    for (const [instance, score] of scores) best.set(instance, Math.max(score, best.get(instance) ?? -Infinity));
  }
  const members = contenders
    .map((contender) => ({
      ...contender,
      wins: [...contender.scores]
        .filter(([instance, score]) => score >= (best.get(instance) as number) - tolerance)
        .map(([instance]) => instance),
    }))
    .filter(({ wins }) => wins.length > 0);
  const left = new Set(members);
  const ascending = [...members].sort((a, b) => meanOf(a) - meanOf(b) || (a.id < b.id ? -1 : 1));
  for (const member of ascending) {
    const others = [...left].filter((other) => other !== member);
    if (member.wins.every((instance) => others.some(({ wins }) => wins.includes(instance)))) left.delete(member);
  }
  return members.filter((member) => left.has(member));
}

/** Draws with probability proportional to the number of instances that a member is best on. @throws RangeError for an empty front */
export function drawMember<M extends FrontMember>(front: readonly M[], stream: RandomStream): M {
  return stream.choice(front.flatMap((member) => member.wins.map(() => member)));
}

/** Two members of a front, each better than the other on so many instances, all counted that both were measured on. */
export interface ComplementaryPair<M> {
  members: readonly [M, M];
  better: readonly [number, number];
}

/** All pairs of which each member is better than the other somewhere. */
export function complementaryPairs<M extends FrontMember>(front: readonly M[]): ComplementaryPair<M>[] {
  return front.flatMap((first, index) =>
    front.slice(index + 1).flatMap((second): ComplementaryPair<M>[] => {
      const better = [countBetter(first, second), countBetter(second, first)] as const;
      return Math.min(...better) > 0 ? [{ members: [first, second], better }] : [];
    }),
  );
}

function countBetter(one: Contender, other: Contender): number {
  return [...one.scores].filter(([instance, score]) => score > (other.scores.get(instance) ?? Infinity) + tolerance)
    .length;
}

function meanOf({ scores }: Contender): number {
  return mean([...scores.values()]);
}
