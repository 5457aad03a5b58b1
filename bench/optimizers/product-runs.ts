import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { resultDocumentSchema } from '../../core/run/result-document';
import { sourcesHash } from '../sources-hash';
import {
  missedByProduct,
  productSystems,
  summarizeProduct,
  type Method,
  type Outcome,
  type ProductSystem,
} from './product-summary';

const root = resolve(__dirname, '../..');
/** What decides a random search beside the product. */
const randomSearch = ['bench/quickstart-baselines.ts', 'bench/random-configuration.ts'];

/**
 * Real systems by the product: ours, without rewards (`--rewards off`), and where it is compared random search at as many
 * model calls as ours made with its seed. Each run has a folder and a database of its own; what is measured already is not run
 * again. The last line is JSON; exits with 1 when a target is missed.
 */
async function main(): Promise<void> {
  const options = new Command('product-runs')
    .requiredOption('--folder <path>', 'where databases and results go')
    .requiredOption('--systems <names>', Object.keys(productSystems).join(', '))
    .parse()
    .opts<{ folder: string; systems: string }>();
  const outcomes: Outcome[] = [];
  const head = ['system', 'method', 'seed', 'test gain', '95 %', 'validated gain', 'model calls', 'system runs'];
  for (const cells of [head, head.map(() => '---')]) say(`| ${cells.join(' | ')} |`);
  for (const system of options.systems.split(',') as ProductSystem[]) {
    const { seeds, methods } = productSystems[system];
    for (let seed = 0; seed < seeds; seed++) {
      for (const method of methods) {
        const folder = resolve(options.folder, `${system}-${method}-${seed}`);
        const ours = outcomes.find((item) => item.system === system && item.seed === seed && item.method === 'ours');
        const outcome = await measure({ system, method, seed, folder }, ours);
        outcomes.push(outcome);
        const interval = outcome.ci95.map((end) => end.toFixed(3)).join(' to ');
        const [gain, validated] = [outcome.gain, outcome.validatedGain].map((value) => value.toFixed(3));
        const cells = [system, method, seed, gain, interval, validated, outcome.calls, outcome.systemRuns.toFixed(0)];
        say(`| ${cells.join(' | ')} |`);
      }
    }
  }
  const systems = summarizeProduct(outcomes);
  const missed = missedByProduct(systems);
  for (const line of missed) say(`missed: ${line}`);
  say(JSON.stringify({ systems, outcomes, missed }));
  if (missed.length > 0) process.exitCode = 1;
}

interface ProductRun {
  system: ProductSystem;
  method: Method;
  seed: number;
  folder: string;
}

async function measure(wanted: ProductRun, ours: Outcome | undefined): Promise<Outcome> {
  const { system, method, seed, folder } = wanted;
  const file = join(folder, 'result.json');
  const buildFile = join(folder, 'build');
  const product = readFileSync(join(root, 'dist/.sources'), 'utf8');
  const build = method === 'random' ? `${product} ${sourcesHash(root, randomSearch)}` : product;
  if (!existsSync(file)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    await program(folder, commandOf(wanted, file, ours));
    writeFileSync(buildFile, build);
  }
  if (!existsSync(buildFile) || readFileSync(buildFile, 'utf8') !== build) {
    throw new Error(`${folder} was measured with other sources: name a new --folder`);
  }
  const json: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const run = { system, method, seed };
  if (method === 'random') return { ...(json as Omit<Outcome, 'system' | 'method' | 'seed'>), ...run };
  const { baseline, final, cost } = resultDocumentSchema.parse(json);
  if (final.gain === null || final.validation === null || baseline.validation === null) {
    throw new Error(`${file} has no final validation or test: remove ${folder}, and run the bench again`);
  }
  return {
    ...run,
    gain: final.gain.mean,
    ci95: final.gain.ci95,
    validatedGain: final.validation.mean - baseline.validation.mean,
    calls: cost.llmCalls,
    systemRuns: cost.systemRuns,
  };
}

function commandOf({ system, method, seed }: ProductRun, file: string, ours: Outcome | undefined): string[] {
  if (method !== 'random') {
    const rewards = method === 'ours' ? 'on' : 'off';
    return [
      join(root, 'bin/optimas.js'),
      ...['run', system, '--seed', String(seed), '--yes', '--rewards', rewards, '--json', file],
    ];
  }
  if (ours === undefined) throw new Error(`random search on ${system}, seed ${seed}: ours was not measured before it`);
  return [
    ...['--require', join(root, 'scripts/typescript.js'), join(root, 'bench/quickstart-baselines.ts')],
    ...['--method', 'random', '--seed', String(seed), '--calls', String(ours.calls)],
    ...['--folder', 'database', '--json', file],
  ];
}

async function program(folder: string, command: readonly string[]): Promise<void> {
  const { OPTIMAS_DATA_DIR: data } = process.env;
  // A relative folder of data sets is meant from here, not from the run's folder.
  const env = { ...process.env, ...(data !== undefined && { OPTIMAS_DATA_DIR: resolve(data) }) };
  const child = spawn(process.execPath, command, { cwd: folder, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${command.join(' ')} ended with exit code ${code}; its files are in ${folder}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

void main();
