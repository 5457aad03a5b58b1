import { randomStream } from '../../core/random/stream';
import type { Example } from '../../core/system/run-context';
import { splits, type Split } from '../../core/system/system';
import { facets, names, topics } from './vocabulary';

/** An input of a synthetic system: `kind` decides which conditional components run. */
export interface TaskExample extends Example {
  task: string;
  kind: string;
}

const requestsPerTask = 3;

/** Distinct tasks, `counts[split]` for each split, with kinds in turn; a pure function of its arguments. */
export function tasks(
  seed: number,
  counts: Record<Split, number>,
  kinds: readonly string[],
): Record<Split, TaskExample[]> {
  const bySplit = splits.map((split) => [split, tasksOf(split, seed, counts[split], kinds)] as const);
  return Object.fromEntries(bySplit) as Record<Split, TaskExample[]>;
}

function tasksOf(split: Split, seed: number, count: number, kinds: readonly string[]): TaskExample[] {
  const random = randomStream(seed, 'tasks', split);
  const seen = new Set<string>();
  while (seen.size < count) {
    const asked = random.sample(facets[split], requestsPerTask);
    const people = random.sample(names[split], requestsPerTask);
    const [first, second, third] = asked.map((facet, index) => `the ${facet} for ${people[index]}`);
    seen.add(`Report on the ${random.choice(topics[split])}: ${first}, ${second} and ${third}.`);
  }
  return [...seen].map((task, index) => ({
    id: `${split}-${String(index).padStart(4, '0')}`,
    task,
    kind: kinds[index % kinds.length] ?? '',
  }));
}
