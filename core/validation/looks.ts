/** One look at a validation sample that is measured in stages. */
export interface Look {
  /** Examples of the sample that are measured by then, counted from its first. */
  examples: number;
  /** Share of the iteration's level that is spent here; the shares of all looks add up to 1. */
  share: number;
}

/**
 * Parts of the sample at which it is looked at. Little is spent early (as by O'Brien and Fleming 1979), and nothing on a
 * quarter: few examples may hold none of a candidate's rare large losses, and no test can see those.
 */
const schedule: readonly { part: number; share: number }[] = [
  { part: 1 / 4, share: 0 },
  { part: 1 / 2, share: 0.1 },
  { part: 1, share: 0.9 },
];

/** A look at fewer new examples, or before so few, is not worth having. */
const fewestNewExamples = 5;

/**
 * The looks at a validation sample of `examples`, fixed before anything is measured: a quarter, half and all of it, fewer
 * where the sample is small. What a left-out look would have spent goes to the next one.
 */
export function looksAt(examples: number): Look[] {
  const looks: Look[] = [];
  let unspent = 0;
  for (const { part, share } of schedule) {
    const measured = Math.ceil(examples * part);
    unspent += share;
    const fresh = measured - (looks.at(-1)?.examples ?? 0);
    if (part < 1 && Math.min(fresh, examples - measured) < fewestNewExamples) continue;
    looks.push({ examples: measured, share: unspent });
    unspent = 0;
  }
  return looks;
}
