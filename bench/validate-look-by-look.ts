import { decideLook, type LookOptions, type LookVerdict } from '../core/validation/acceptance';
import { looksAt, type Look } from '../core/validation/looks';

/**
 * Looks at the validation sample, stage by stage, until a finalist is accepted or none is left: what a run's workflow and
 * its activity `look` do between them, in one process.
 *
 * @returns the verdict of the last look; undefined where there are no finalists.
 */
export function validateLookByLook(
  options: Pick<LookOptions, 'level' | 'minimumEffect' | 'seed'> & {
    /** Configuration hashes. */
    finalists: readonly string[];
    /** Size of the sample. */
    count: number;
    /** Scores of the incumbent and of these finalists on the first `examples` of the sample. */
    measure: (finalists: readonly string[], examples: number) => Pick<LookOptions, 'incumbent' | 'finalists'>;
  },
): LookVerdict | undefined {
  const { finalists, count, measure, ...test } = options;
  const looks = looksAt(count);
  let verdict: LookVerdict | undefined;
  let remaining = finalists;
  for (let look = 0; remaining.length > 0; look++) {
    const measured = measure(remaining, (looks[look] as Look).examples);
    const earlier = Object.fromEntries(
      verdict?.comparisons.map(({ configurationHash, p }) => [configurationHash, p]) ?? [],
    );
    verdict = decideLook({ ...test, ...measured, looks, look, entered: finalists.length, earlier });
    ({ remaining } = verdict);
  }
  return verdict;
}
