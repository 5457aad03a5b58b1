import { randomStream, type RandomStream } from '../random/stream';

/** The part of the data that an input is held out with, 0..folds-1, by example id. */
export type InputFolds = Record<string, number>;

/**
 * Assigns inputs to folds at random, sizes differing by at most one where nothing is known. An input that is known already
 * stays where it is, whatever comes beside it: only then a member that never saw it has still never seen it after it was adapted.
 */
export function inputFolds(
  exampleIds: readonly string[],
  folds: number,
  stream: RandomStream,
  known: Readonly<InputFolds> = {},
): InputFolds {
  const result = new Map(Object.entries(known).filter(([, fold]) => fold < folds));
  const sizes = new Array<number>(folds).fill(0);
  for (const fold of result.values()) sizes[fold] = (sizes[fold] as number) + 1;
  for (const id of stream.shuffle([...new Set(exampleIds)].sort())) {
    if (result.has(id)) continue;
    const fold = sizes.indexOf(Math.min(...sizes));
    result.set(id, fold);
    sizes[fold] = (sizes[fold] as number) + 1;
  }
  return Object.fromEntries(result);
}

/**
 * Whether examples of different folds were merged: each member has then learned from a part of what they share.
 *
 * @param merged what `mergeSharedInputs` made of `given`, in the same order.
 */
export function foldsMeet(
  given: readonly { exampleId: string }[],
  merged: readonly { exampleId: string }[],
  known: Readonly<InputFolds>,
): boolean {
  const foldOf = new Map(Object.entries(known));
  return given.some(({ exampleId }, index) => {
    const [own, other] = [exampleId, (merged[index] as { exampleId: string }).exampleId].map((id) => foldOf.get(id));
    return own !== undefined && other !== undefined && own !== other;
  });
}

/**
 * The folds of a fit from nothing: inputs with pairs first, so that every fold has some; then those whose outputs all scored alike.
 *
 * @param withPairs example ids.
 */
export function fittingFolds(
  withPairs: readonly string[],
  comparisons: readonly { exampleId: string }[],
  folds: number,
  seed: number,
): InputFolds {
  const stream = randomStream(seed, 'reward-folds');
  const known = inputFolds(withPairs, folds, stream);
  return inputFolds(
    comparisons.map(({ exampleId }) => exampleId),
    folds,
    stream,
    known,
  );
}
