import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { resultDocumentSchema } from '../../core/run/result-document';

const root = resolve(__dirname, '../..');
const methods = ['ours', 'no-lrf', 'random'] as const;
type Method = (typeof methods)[number];

/** What one method reached on one seed. */
interface Outcome {
  gain: number;
  ci95: [number, number];
  /** Model calls that were made. */
  calls: number;
}

/**
 * The quick start by ours, without rewards (`--rewards off`), and by random search at as many model calls as ours made with its
 * seed. Each run has a folder and a database of its own; what is measured already is not run again.
 */
async function main(): Promise<void> {
  const options = new Command('bench:optimizers --only quickstart')
    .requiredOption('--folder <path>', 'where databases and results go')
    .option('--seeds <n>', 'how many seeds, from 0', Number, 3)
    .parse()
    .opts<{ folder: string; seeds: number }>();
  const outcomes: Record<Method, Outcome[]> = { ours: [], 'no-lrf': [], random: [] };
  for (let seed = 0; seed < options.seeds; seed++) {
    for (const method of methods) {
      const folder = resolve(options.folder, `quickstart-${method}-${seed}`);
      const outcome = await measure(method, seed, folder, outcomes.ours[seed]);
      outcomes[method].push(outcome);
      const interval = outcome.ci95.map((end) => end.toFixed(3)).join(' to ');
      say(`| ${method} | ${seed} | ${outcome.gain.toFixed(3)} | ${interval} | ${outcome.calls} |`);
    }
  }
  say(JSON.stringify({ quickstart: outcomes }));
}

async function measure(method: Method, seed: number, folder: string, ours: Outcome | undefined): Promise<Outcome> {
  const file = join(folder, 'result.json');
  const buildFile = join(folder, 'build');
  const build = readFileSync(join(root, 'dist/.sources'), 'utf8');
  if (!existsSync(file)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    await program(folder, commandOf(method, seed, file, ours));
    writeFileSync(buildFile, build);
  }
  if (!existsSync(buildFile) || readFileSync(buildFile, 'utf8') !== build) {
    throw new Error(`${folder} was measured with other sources: name a new --folder`);
  }
  const json: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (method === 'random') return json as Outcome;
  const { final, cost } = resultDocumentSchema.parse(json);
  if (final.gain === null) throw new Error(`${file} has no final test`);
  return { gain: final.gain.mean, ci95: final.gain.ci95, calls: cost.llmCalls };
}

function commandOf(method: Method, seed: number, file: string, ours: Outcome | undefined): string[] {
  if (method !== 'random') {
    const rewards = method === 'ours' ? 'on' : 'off';
    return [
      join(root, 'bin/optimas.js'),
      ...['run', 'quickstart', '--seed', String(seed), '--yes', '--rewards', rewards, '--json', file],
    ];
  }
  return [
    ...['--require', join(root, 'scripts/typescript.js'), join(root, 'bench/quickstart-baselines.ts')],
    ...['--method', 'random', '--seed', String(seed), '--calls', String(ours?.calls ?? 0)],
    ...['--folder', 'database', '--json', file],
  ];
}

async function program(folder: string, command: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, command, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${command.join(' ')} ended with exit code ${code}; its files are in ${folder}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

void main();
