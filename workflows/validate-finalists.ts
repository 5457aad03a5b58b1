import type { DecideInput, Finalists } from '../activities/contracts';
import { looksAt, type Look } from '../core/validation/looks';

/**
 * Measures finalists beside the incumbent, look by look, until one is accepted or none is left.
 *
 * @returns what the decision rests on.
 */
export async function validateFinalists(options: {
  incumbent: string;
  finalists: Finalists;
  /** Size of the validation sample. */
  count: number;
  /** Measures some configurations on a part of the sample, `to` excluded. */
  validate: (hashes: string[], from: number, to: number) => Promise<unknown>;
  /** One look at what is measured: the finalists that go on. */
  look: (seen: {
    incumbent: string;
    entered: number;
    finalists: string[];
    count: number;
    look: number;
  }) => Promise<{ hashes: string[] }>;
}): Promise<Pick<DecideInput, 'entered' | 'count' | 'look' | 'skipped'>> {
  const { incumbent, count, validate } = options;
  const looks = looksAt(count);
  let remaining = options.finalists.hashes;
  const entered = remaining.length;
  let measured = 0;
  let look = -1;
  while (remaining.length > 0) {
    const { examples } = looks[++look] as Look;
    await validate([incumbent, ...remaining], measured, examples);
    measured = examples;
    ({ hashes: remaining } = await options.look({ incumbent, entered, finalists: remaining, count, look }));
  }
  return { entered, count, ...(look < 0 ? { look: null, skipped: options.finalists.reason } : { look }) };
}
