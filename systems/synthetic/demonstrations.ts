import { randomStream } from '../../core/random/stream';
import type { Demonstration } from '../../core/system/variable';
import { tasks } from './tasks';
import { readTask, writeText } from './wording';

/** Three demonstrations of a stage on training tasks: all their clauses good, or all bad. */
export function demonstrations(
  seed: number,
  field: string,
  parents: readonly string[],
  kinds: readonly string[],
  good: boolean,
): Demonstration[] {
  return tasks(seed, { train: 3, validation: 0, test: 0 }, kinds).train.map(({ task }) => {
    const text = (noun: string, quality: boolean): string =>
      writeText(
        noun,
        task,
        readTask(task).map(() => ({ wording: quality, grounding: quality })),
        randomStream(seed, 'demonstration', noun, task),
      );
    return {
      inputs: { task, ...Object.fromEntries(parents.map((parent) => [parent, text(parent, true)])) },
      outputs: { [field]: text(field, good) },
    };
  });
}
