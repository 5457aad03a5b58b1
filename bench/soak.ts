import { rmSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { historySizes, type HistorySize } from './overhead/history-sizes';
import { processUsage } from './overhead/process-usage';
import { summarizeHistories } from './overhead/summary';
import { startTemporalStack, type TemporalStack } from './overhead/temporal-stack';
import { slopeOf } from './soak/least-squares';
import { configFile, databaseVariable, soakPlan, soakSystem } from './soak/soak-run';
import { watchRun, type Sample } from './soak/watch-run';

/** The size at which Temporal suggests to continue as new. */
const suggested = { events: 4_096, bytes: 4 * 2 ** 20 };
/** MB per 100 iterations that count as flat: a run of 10,000 iterations then stays within a gigabyte more. */
const steepest = 10;
const residents = ['worker', 'server'] as const;
type Resident = (typeof residents)[number];
const runId = 'soak';
const megabyte = 2 ** 20;

/**
 * Whether a long run stays small: many iterations of a synthetic system in one run, with memory of worker and server,
 * sizes of histories and of databases. `npm run soak`
 */
async function main(): Promise<void> {
  const { iterations, everySeconds } = new Command('soak')
    .option('--iterations <n>', 'how many iterations', Number, 1_000)
    .option('--every-seconds <n>', 'how often memory is sampled', Number, 5)
    .parse()
    .opts<{ iterations: number; everySeconds: number }>();
  const folder = await mkdtemp(path.join(tmpdir(), 'optimas-soak-'));
  let stack: TemporalStack | undefined;
  // Server and worker first: what they still write would bring the folder back.
  const leave = async (): Promise<void> => {
    await stack?.close();
    rmSync(folder, { recursive: true, force: true });
    process.exit(1);
  };
  process.once('SIGINT', () => void leave());
  process.once('SIGTERM', () => void leave());
  const environment = { [databaseVariable]: `file:${path.join(folder, 'optimas.db')}` };
  try {
    stack = await startTemporalStack({ folder, configFile, environment });
    await soak(stack, folder, iterations, everySeconds * 1_000);
  } finally {
    await stack?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function soak(stack: TemporalStack, folder: string, iterations: number, everyMs: number): Promise<void> {
  const over = new AbortController();
  const started = performance.now();
  await stack.client.start({ runId, system: soakSystem, seed: 1, plan: soakPlan(iterations) });
  const watching = watchRun(stack, runId, {
    everyMs,
    signal: over.signal,
    onSample: (sample) => process.stdout.write(`${lineOf(sample)}\n`),
  });
  const result = await Promise.race([
    stack.client.result(runId),
    stack.workerEnded.then(() => Promise.reject(new Error('the worker process ended before the run did'))),
    // Of the watch only its failure counts here.
    watching.then(() => new Promise<never>(() => {})),
  ]).finally(() => over.abort());
  const minutes = (performance.now() - started) / 60_000;
  const samples = await watching;
  const { iterationsDone } = await stack.client.progress(runId);
  const cpu = [stack.workerPid, stack.serverPid].map((pid) => processUsage(pid).cpuSeconds.toFixed(0));
  const histories = await historySizes(stack.temporal);
  const complete = result.status === 'completed' && iterationsDone === iterations;
  process.stdout.write(
    `${result.status}: ${result.reason}\n` +
      `CPU seconds: worker ${cpu[0]}, server ${cpu[1]}\n` +
      `${paceOf(samples)}\n` +
      `databases: ${await sizeOf(folder, 'optimas.db')} of the run, ${await sizeOf(folder, 'temporal.db')} of Temporal\n`,
  );
  for (const type of ['optimization', 'iteration']) process.stdout.write(`${historyLine(histories, type)}\n`);
  const { largestEvents, largestBytes } = summarizeHistories(histories);
  const small = largestEvents <= suggested.events && largestBytes <= suggested.bytes;
  const continuations = histories.filter((history) => history.workflowType === 'optimization').length - 1;
  process.stdout.write(
    `soak: ${iterationsDone} of ${iterations} iterations (${complete ? 'complete' : 'NOT COMPLETE'}) in ${minutes.toFixed(1)} ` +
      `minutes, ${continuations} continuations; memory ${memoryOf(samples, 'worker')}, ${memoryOf(samples, 'server')}; ` +
      `largest history ${largestEvents} events, ${(largestBytes / megabyte).toFixed(2)} MB ` +
      `(${small ? 'within' : 'PAST'} ${suggested.events} events, ${suggested.bytes / megabyte} MB)\n`,
  );
  const flat = residents.every((process) => (settledSlope(samples, process) ?? Infinity) <= steepest);
  if (!flat) process.stdout.write(`memory grows by more than ${steepest} MB per 100 iterations\n`);
  if (!complete || !small || !flat) process.exitCode = 1;
}

function lineOf({ seconds, iterations, worker, server }: Sample): string {
  return `${seconds.toFixed(0)} s: ${iterations} iterations, worker ${worker.toFixed(0)} MB, server ${server.toFixed(0)} MB`;
}

/** MB per 100 iterations in the second half of the run: caches, and the candidates that a fit reads, fill in the first. */
function settledSlope(samples: readonly Sample[], process: Resident): number | undefined {
  const settled = samples.filter(({ iterations }) => iterations >= (samples.at(-1)?.iterations ?? 0) / 2);
  if (settled.length < 3) return undefined;
  return slopeOf(settled.map((sample) => ({ x: sample.iterations / 100, y: sample[process] })));
}

function memoryOf(samples: readonly Sample[], process: Resident): string {
  const slope = settledSlope(samples, process);
  const last = samples.at(-1);
  if (last === undefined || slope === undefined) return `of the ${process} not sampled often enough`;
  return `of the ${process} ${last[process].toFixed(0)} MB, slope ${slope.toFixed(2)} MB per 100 iterations in the second half`;
}

/** Whether an iteration costs more the longer a run is. CPU seconds tell that also on a machine that others use. */
function paceOf(samples: readonly Sample[]): string {
  const last = samples.at(-1)?.iterations ?? 0;
  const pace = (from: number, to: number): string => {
    const part = samples.filter(({ iterations }) => iterations >= from * last && iterations <= to * last);
    const [first, end] = [part[0], part.at(-1)];
    if (first === undefined || end === undefined || end.iterations === first.iterations) return 'unknown';
    const count = end.iterations - first.iterations;
    const cpu = (end.workerCpu - first.workerCpu) / count;
    return `${((end.seconds - first.seconds) / count).toFixed(2)} s (${cpu.toFixed(2)} CPU s of the worker)`;
  };
  return `an iteration took ${pace(0, 0.25)} in the first quarter of the run, ${pace(0.75, 1)} in the last`;
}

function historyLine(histories: readonly HistorySize[], type: string): string {
  const summary = summarizeHistories(histories.filter((history) => history.workflowType === type));
  return (
    `histories of ${type}: ${summary.executions}, mean ${summary.meanEvents.toFixed(0)} events and ` +
    `${(summary.meanBytes / 1_024).toFixed(0)} KiB, largest ${summary.largestEvents} events and ` +
    `${(summary.largestBytes / 1_024).toFixed(0)} KiB`
  );
}

/** Of a database file with what SQLite keeps beside it. */
async function sizeOf(folder: string, name: string): Promise<string> {
  const files = (await readdir(folder)).filter((file) => file.startsWith(name));
  const sizes = await Promise.all(files.map(async (file) => (await stat(path.join(folder, file))).size));
  return `${(sizes.reduce((sum, size) => sum + size, 0) / megabyte).toFixed(1)} MB`;
}

void main();
