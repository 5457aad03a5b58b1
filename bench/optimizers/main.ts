import { join, resolve } from 'node:path';
import { Command } from 'commander';
import type { RunPlan } from '../../core/run/plan';
import { cacheFolder } from '../../providers/ladders';
import { systemNames } from './measure-run';
import { report } from './report';
import { runProgram } from './run-program';
import { readRecords, runTasks, measuringSources } from './run-tasks';
import { summarize } from './summary';
import { missedTargets } from './targets';
import { tasksOf } from './tasks-of';
import { variantNames } from './variant';

/** Seeds of the compared variants on the finite systems, and of all the rest. */
const sizes = {
  quick: { seeds: 3, others: 0, minutes: 2 },
  check: { seeds: 200, others: 20, minutes: 27 },
  full: { seeds: 200, others: 200, minutes: Number.POSITIVE_INFINITY },
};
const parts = ['synthetic', 'acceptance', 'quickstart', 'pipelines'] as const;
type Part = (typeof parts)[number];

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** See bench/README.md, "Optimizers". */
async function main(): Promise<void> {
  const options = new Command('bench:optimizers')
    .option(
      '--check',
      'the synthetic systems and acceptance in 40 minutes, as many seeds as fit; exits with 1 when a target or seeds are missing',
    )
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
    const sources = measuringSources(plan);
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
  // Each prints its own tables and targets, ends with 1 where one was missed, and has its figures on its last line.
  const programs: [Part, string, ...string[]][] = [
    ['acceptance', '../acceptance/main.ts'],
    ['quickstart', 'product-runs.ts', '--folder', folder, '--systems', 'quickstart'],
    ['pipelines', 'product-runs.ts', '--folder', folder, '--systems', 'hotpotqa,pubmedqa'],
  ];
  for (const [part, file, ...given] of programs.filter(([name]) => wanted.includes(name))) {
    const { code, result: figures } = await runProgram(file, ...given);
    result[part] = figures ?? null;
    if (code !== 0) missed.push(`${part}: see above`);
  }
  if (size !== 'quick') for (const line of missed) say(`missed: ${line}`);
  say(JSON.stringify({ ...result, missed }));
  if (options.check === true && missed.length > 0) process.exitCode = 1;
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
