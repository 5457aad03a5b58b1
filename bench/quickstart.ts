import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import Table from 'cli-table3';
import { resultDocumentSchema, type ResultDocument } from '../core/run/result-document';

/**
 * The quick start over several seeds, each with its own empty database: `npm run bench:quickstart`. A seed whose result
 * is in the folder already is not run again, so that a broken-off bench goes on where it stopped.
 */
async function main(): Promise<void> {
  const { seeds, folder, check } = new Command('bench:quickstart')
    .option('--seeds <n>', 'how many seeds, from 0', Number, 5)
    .option('--folder <path>', 'where databases and results go', '.optimas/bench-quickstart')
    .option('--check', 'exit with 1 when a target is missed')
    .parse()
    .opts<{ seeds: number; folder: string; check?: boolean }>();
  const documents: ResultDocument[] = [];
  const build = buildNow();
  for (let seed = 0; seed < seeds; seed++) {
    documents.push(await runSeed(seed, resolve(folder, `seed-${seed}`), build));
    process.stdout.write(`${tableOf(documents)}\n`);
  }
  const missed = targetsMissed(documents);
  for (const target of missed) process.stdout.write(`missed: ${target}\n`);
  process.stdout.write(`${summary(documents)}\n`);
  if (check === true && missed.length > 0) process.exitCode = 1;
}

/** Names the build in dist/: what one build measured says nothing of another. */
function buildNow(): string {
  return readFileSync(resolve(__dirname, '../dist/.sources'), 'utf8');
}

async function runSeed(seed: number, folder: string, build: string): Promise<ResultDocument> {
  const file = join(folder, 'result.json');
  const buildFile = join(folder, 'build');
  if (!existsSync(file)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const cli = resolve(__dirname, '../bin/optimas.js');
    const child = spawn(process.execPath, [cli, 'run', 'quickstart', '--seed', String(seed), '--yes', '--json', file], {
      cwd: folder,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`the run of seed ${seed} ended with exit code ${code}; its files are in ${folder}`);
    writeFileSync(buildFile, buildNow());
  }
  if (!existsSync(buildFile) || readFileSync(buildFile, 'utf8') !== build) {
    throw new Error(`${folder} was measured with other sources than the seeds before or after it: name a new --folder`);
  }
  return resultDocumentSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

const percent = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(3));

function tableOf(documents: readonly ResultDocument[]): string {
  const table = new Table({
    head: ['seed', 'test before', 'test after', 'gain', '95 %', 'kinds changed', 'trusted', 'calls', 'minutes'],
  });
  for (const document of documents) {
    const { baseline, final, cost } = document;
    table.push([
      String(document.seed),
      percent(baseline.test?.mean),
      percent(final.test?.mean),
      percent(final.gain?.mean),
      final.gain === null ? '' : `${percent(final.gain.ci95[0])} to ${percent(final.gain.ci95[1])}`,
      kindsChanged(document).join(', '),
      `${trustedRewards(document)} of ${Object.keys(document.rewards).length}`,
      String(cost.llmCalls),
      (cost.wallClockMs / 60_000).toFixed(1),
    ]);
  }
  return table.toString();
}

function kindsChanged(document: ResultDocument): string[] {
  const accepted = document.iterations.filter((iteration) => iteration.accepted);
  return [...new Set(accepted.flatMap(({ changed }) => changed.map((change) => change.kind)))].sort();
}

function trustedRewards({ rewards }: ResultDocument): number {
  return Object.values(rewards).filter((reward) => reward.trusted).length;
}

/** The targets of the quick start, in words, where these runs miss them. */
function targetsMissed(documents: readonly ResultDocument[]): string[] {
  const missed: string[] = [];
  const gains = documents.map((document) => document.final.gain?.mean ?? 0);
  const meanGain = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
  if (meanGain < 0.3) missed.push(`mean test gain ${percent(meanGain)}, target 0.300`);
  const unsure = documents.filter((document) => (document.final.gain?.ci95[0] ?? 0) <= 0);
  if (unsure.length > 0) missed.push(`${unsure.length} interval(s) do not exclude 0`);
  const kinds = documents.map((document) => kindsChanged(document).length).sort((a, b) => a - b);
  const median = kinds[Math.floor(kinds.length / 2)] ?? 0;
  if (median < 3) missed.push(`${median} kinds of setting changed in the median run, target 3`);
  const trusting = documents.filter((document) => trustedRewards(document) >= 2).length;
  if (trusting < 0.8 * documents.length) missed.push(`two rewards trusted in ${trusting} of ${documents.length} runs`);
  const slowest = Math.max(...documents.map((document) => document.cost.wallClockMs / 60_000));
  if (slowest > 12) missed.push(`slowest run ${slowest.toFixed(1)} minutes, target 12 with warm caches`);
  return missed;
}

function summary(documents: readonly ResultDocument[]): string {
  const mean = (of: (document: ResultDocument) => number): string =>
    (documents.reduce((sum, document) => sum + of(document), 0) / documents.length).toFixed(3);
  return `mean test gain ${mean((d) => d.final.gain?.mean ?? 0)} over ${documents.length} seeds, ${mean((d) => d.cost.llmCalls)} calls, ${mean((d) => d.cost.wallClockMs / 60_000)} minutes`;
}

void main();
