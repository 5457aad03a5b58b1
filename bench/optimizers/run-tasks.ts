import { fork, type ChildProcess } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { RunPlan } from '../../core/run/plan';
import { contentHash } from '../../core/system/canonical-json';
import type { JsonObject } from '../../core/system/json';
import { sourcesHash } from '../sources-hash';
import type { RunRecord } from './measure-run';
import type { VariantName } from './variant';

/** What a worker process measures in one go: random search needs to know what the others spent. */
export interface Task {
  system: string;
  seed: number;
  variants: VariantName[];
  /** Component calls of our variant, where it was measured before. */
  calls?: number;
  /** What differs from the bench's plan. */
  plan?: Partial<RunPlan>;
}

/** A record, and the sources that it was measured with. */
interface StoredRecord extends RunRecord {
  sources: string;
}

const root = resolve(__dirname, '../..');
/** What decides a simulated run. */
const places = [
  ...['activities', 'bench/optimizers', 'core', 'providers/reward', 'systems/synthetic'],
  ...['bench/random-configuration.ts', 'bench/validate-look-by-look.ts'],
];

/** Names the sources and the plan: what other ones measured is not read again. */
export function measuringSources(plan: Partial<RunPlan>): string {
  return contentHash([plan as JsonObject, sourcesHash(root, places)]).slice(0, 16);
}

/** Records of these sources in the folder; a last line that a killed bench left unfinished is passed over. */
export function readRecords(folder: string, sources: string): RunRecord[] {
  const file = join(folder, 'runs.jsonl');
  if (!existsSync(file)) return [];
  const records = readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line): StoredRecord[] => {
      try {
        return [JSON.parse(line) as StoredRecord];
      } catch {
        return [];
      }
    });
  return records.filter((record) => record.sources === sources);
}

/**
 * Measures all tasks in `processes` child processes and appends each record to the folder as it comes, so that a bench that was
 * broken off goes on where it stopped. Hands out no task after `minutes`.
 *
 * @throws Error when a child process fails.
 */
export async function runTasks(
  tasks: readonly Task[],
  options: { folder: string; sources: string; processes: number; minutes: number; say: (line: string) => void },
): Promise<void> {
  const { folder, sources, say } = options;
  mkdirSync(folder, { recursive: true });
  const queue = [...tasks];
  const started = performance.now();
  const minutes = (): number => (performance.now() - started) / 60_000;
  let done = 0;
  const work = (child: ChildProcess): Promise<void> =>
    new Promise((finished, failed) => {
      const next = (): void => {
        const task = minutes() < options.minutes ? queue.shift() : undefined;
        if (task === undefined) child.disconnect();
        else child.send(task);
      };
      child.on('message', (message: RunRecord | 'done') => {
        if (message !== 'done') {
          appendFileSync(join(folder, 'runs.jsonl'), `${JSON.stringify({ ...message, sources })}\n`);
          return;
        }
        done += 1;
        if (done % 20 === 0) say(`${done} of ${tasks.length} systems and seeds, ${minutes().toFixed(1)} minutes`);
        next();
      });
      child.on('error', failed);
      child.on('exit', (code) =>
        code === 0 ? finished() : failed(new Error(`a worker ended with exit code ${code}`)),
      );
      next();
    });
  const children = Array.from({ length: Math.min(options.processes, tasks.length) }, () =>
    fork(join(__dirname, 'worker.ts'), { execArgv: ['--require', join(root, 'scripts/typescript.js')] }),
  );
  await Promise.all(children.map(work));
}
