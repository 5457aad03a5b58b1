import type { Control } from './control';
import { mostActivitiesPerFanOut } from './long-history';

/** `[from, to)` ranges that cover 0..count in order, `size` at a time. */
export function chunks(count: number, size: number): { from: number; to: number }[] {
  const ranges: { from: number; to: number }[] = [];
  for (let from = 0; from < count; from += size) ranges.push({ from, to: Math.min(count, from + size) });
  return ranges;
}

/**
 * The same for a fan-out that covers 0..count `groups` times, with larger ranges where else it would take more than
 * `mostActivitiesPerFanOut` activities. Of more groups than that, each is one range.
 */
export function boundedChunks(count: number, size: number, groups = 1): { from: number; to: number }[] {
  const mostRanges = Math.max(1, Math.floor(mostActivitiesPerFanOut / groups));
  return chunks(count, Math.max(size, Math.ceil(count / mostRanges)));
}

/**
 * Runs `tasks` through the control, at most `limit` at a time. Waits for all of them before it throws, so that nothing
 * goes on in the background.
 */
export async function fanOut<T>(
  control: Pick<Control, 'step'>,
  limit: number,
  tasks: (() => Promise<T>)[],
  onDone: () => void,
): Promise<T[]> {
  const results: T[] = new Array<T>(tasks.length);
  const errors: unknown[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < tasks.length && errors.length === 0) {
      const index = next++;
      try {
        results[index] = await control.step(tasks[index] as () => Promise<T>);
        onDone();
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, tasks.length) }, lane));
  if (errors.length > 0) throw errors[0];
  return results;
}

/** Several things at once. Waits for all before it throws, as `fanOut` does. */
export async function together<T extends readonly unknown[]>(
  things: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(things);
  return Promise.all(things);
}
