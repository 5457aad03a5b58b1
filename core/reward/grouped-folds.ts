import type { RandomStream } from '../random/stream';

/** Parts groups 0..count-1 at random into `folds` parts whose sizes differ by at most one. */
export function groupedFolds(count: number, folds: number, stream: RandomStream): number[][] {
  const parts: number[][] = Array.from({ length: folds }, () => []);
  const order = stream.shuffle(Array.from({ length: count }, (_, group) => group));
  for (const [index, group] of order.entries()) parts[index % folds]?.push(group);
  return parts;
}
