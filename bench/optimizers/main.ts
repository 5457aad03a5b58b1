import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import type { RunPlan } from '../../core/run/plan';
import { cacheFolder } from '../../providers/ladders';
import { finalCalls, systemNames } from './measure-run';
import { report } from './report';
import { readRecords, runTasks, sourcesHash, type Task } from './run-tasks';
import { summarize } from './summary';
import { missedTargets } from './targets';
import { variantNames, type VariantName } from './variant';

const main3: readonly VariantName[] = ['ours', 'no-lrf', 'random'];

/** Seeds of the variants that targets speak of on the finite systems, and of all the rest. */
const sizes = {
  quick: { seeds: 3, others: 0, minutes: 2 },
  check: { seeds: 200, others: 20, minutes: 32 },
  full: { seeds: 200, others: 200, minutes: Number.POSITIVE_INFINITY },
};
const parts = ['synthetic', 'acceptance', 'quickstart'] as const;
type Part = (typeof parts)[number];

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** See bench/README.md, "Optimizers". */
async function main(): Promise<void> {
  const options = new Command('bench:optimizers')
    .option('--check', 'the synthetic systems and acceptance in 40 minutes; exits with 1 when a target is missed')
    .option('--quick', 'a few seeds of the synthetic systems in 2 minutes; targets are not looked at')
    .option('--only <parts>', `${parts.join(', ')}: some of them, separated by commas`)
    .option('--seeds <n>', 'seeds of everything on synthetic systems', Number)
    .option('--systems <names>', 'some of the synthetic systems, separated by commas')
    .option('--variants <names>', 'some of the variants, separated by commas')
    .option('--plan <json>', 'what differs from the bench\'s plan, such as {"preferenceInputs":16}', '{}')
    .option('--processes <n>', 'child processes', Number, 2)
    .option('--folder <path>', 'where results stay', join(cacheFolder(), 'bench-optimizers'))
    .parse()
    .opts<{
      check?: boolean;
      quick?: boolean;
      only?: string;
      seeds?: number;
      systems?: string;
      variants?: string;
      plan: string;
      processes: number;
      folder: string;
    }>();
  const size = options.quick ? 'quick' : options.check ? 'check' : 'full';
  const usual: readonly Part[] = { quick: parts.slice(0, 1), check: parts.slice(0, 2), full: parts }[size];
  const wanted = some('--only', options.only, parts) ?? usual;
  const folder = resolve(options.folder);
  const result: Record<string, unknown> = {};
  const missed: string[] = [];
  if (wanted.includes('synthetic')) {
    const plan = JSON.parse(options.plan) as Partial<RunPlan>;
    const sources = sourcesHash(plan);
    const known = readRecords(folder, sources);
    const tasks = tasksOf({
      ...sizes[size],
      ...(options.seeds !== undefined && { seeds: options.seeds, others: options.seeds }),
      systems: some('--systems', options.systems, systemNames) ?? systemNames,
      variants: some('--variants', options.variants, variantNames) ?? variantNames,
      known,
    });
    await runTasks(
      tasks.map((task) => ({ ...task, plan })),
      { ...sizes[size], folder, sources, processes: options.processes, say },
    );
    const summaries = summarize(readRecords(folder, sources));
    for (const line of report(summaries)) say(line);
    missed.push(...missedTargets(summaries));
    result['synthetic'] = summaries;
  }
  // Each prints its own tables and targets, and ends with 1 where one was missed.
  if (wanted.includes('acceptance') && (await program('../acceptance/main.ts')) !== 0)
    missed.push('acceptance: see above');
  if (wanted.includes('quickstart') && (await program('quickstart.ts', '--folder', folder)) !== 0) {
    missed.push('quick start: see above');
  }
  if (size !== 'quick') for (const line of missed) say(`missed: ${line}`);
  say(JSON.stringify({ ...result, missed }));
  if (options.check === true && missed.length > 0) process.exitCode = 1;
}

/** Seeds in turn over all systems, so that a bench that is broken off has measured all of them alike. */
function tasksOf(options: {
  seeds: number;
  others: number;
  systems: readonly string[];
  variants: readonly VariantName[];
  known: ReturnType<typeof readRecords>;
}): Task[] {
  const known = new Map(options.known.map((record) => [`${record.system}/${record.seed}/${record.variant}`, record]));
  const tasks: Task[] = [];
  for (let seed = 0; seed < Math.max(options.seeds, options.others); seed++) {
    for (const system of options.systems) {
      const finite = system.includes('-');
      const variants = options.variants.filter((variant) => {
        const seeds = finite && main3.includes(variant) ? options.seeds : options.others;
        return seed < seeds && !known.has(`${system}/${seed}/${variant}`);
      });
      const ours = known.get(`${system}/${seed}/ours`);
      if (variants.length === 0) continue;
      tasks.push({ system, seed, variants, ...(ours !== undefined && { calls: finalCalls(ours) }) });
    }
  }
  return tasks;
}

/** The exit code of another program of the bench. */
async function program(file: string, ...options: string[]): Promise<number | null> {
  const transform = resolve(__dirname, '../../scripts/typescript.js');
  const child = spawn(process.execPath, ['--require', transform, resolve(__dirname, file), ...options], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

/** @throws Error for a name that is not known. */
function some<T extends string>(option: string, given: string | undefined, known: readonly T[]): T[] | undefined {
  if (given === undefined) return undefined;
  const names = given.split(',');
  const unknown = names.find((name) => !known.includes(name as T));
  if (unknown !== undefined) throw new Error(`${option}: there is no '${unknown}'; known ones: ${known.join(', ')}`);
  return names as T[];
}

void main();
