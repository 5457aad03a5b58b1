import type { Stage } from './stage';
import type { Attribute } from './wording';

/** One attribute of one facet's clauses, by the field that they are in. */
export type Bits = Readonly<Record<string, boolean>>;

/**
 * The probability that the attribute is good in `answer`, exactly: the sum over all outcomes of the stages that are not
 * `fixed`, in topological order. Facets and attributes do not influence each other, so this is all there is to sum.
 */
export function probabilityOfGood(
  stages: readonly Stage[],
  answer: string,
  fixed: Bits,
  probability: (stage: Stage, parents: readonly boolean[]) => number,
): number {
  const from = (index: number, bits: Bits): number => {
    const stage = stages[index];
    if (stage === undefined) return Number(bits[answer] ?? false);
    if (stage.field in bits) return from(index + 1, bits);
    const parents = stage.parents.map((field) => bits[field] ?? false);
    const good = probability(stage, parents);
    const ifGood = good > 0 ? good * from(index + 1, { ...bits, [stage.field]: true }) : 0;
    return good < 1 ? ifGood + (1 - good) * from(index + 1, { ...bits, [stage.field]: false }) : ifGood;
  };
  return from(0, fixed);
}

/** How much each attribute counts in the metric. */
export const attributeWeights: Readonly<Record<Attribute, number>> = { wording: 0.5, grounding: 0.5 };
