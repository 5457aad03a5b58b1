import type { Attribute } from './wording';

/** How able a component is to get each attribute of a clause right, in [0, 1]: what its configuration determines. */
export type Strength = Record<Attribute, number>;

export function addStrengths(...parts: readonly Partial<Strength>[]): Strength {
  const sum = (attribute: Attribute): number =>
    Math.min(
      1,
      Math.max(
        0,
        parts.reduce((total, part) => total + (part[attribute] ?? 0), 0),
      ),
    );
  return { wording: sum('wording'), grounding: sum('grounding') };
}
