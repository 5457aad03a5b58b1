import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { packageRoot } from '../../../providers/processes/package-root';
import { findPython } from '../../../test/support/find-python';
import { relativeDifference } from './compare-numbers';
import { writeSpeedTask } from './speed-problem';
import { headSpeed, type HeadSpeed, type SpeedReport } from './speed-report';
import type { SpeedMeasurement, SpeedTask } from './speed-task';

const run = promisify(execFile);
const torchProgram = path.join(__dirname, 'torch-main.py');
/** Fits that differ by more were not the same work. */
const largestDifference = 1e-3;
const oneThread = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };

const howToGetTorch =
  'no Python with PyTorch was found; on Debian `apt-get install python3-torch libopenblas0-pthread` brings it ' +
  '(with the second package it does not take the slow reference BLAS), or let OPTIMAS_PYTHON name a Python that has it';

/** What one side needs to run a task. */
interface Side {
  name: string;
  command: string;
  arguments: string[];
}

/** PyTorch's ways for a task, with the least seconds each took. */
interface Tried {
  version: string;
  blas: string;
  fit: Record<string, number>;
  score: Record<string, number>;
}

/**
 * Times a fit of 2,000 pairs and the scoring of 10,000 candidates, by Optimas and by PyTorch, in turn, each in a process
 * of its own on one thread.
 *
 * @throws Error when the two do not come to the same parameters and rewards.
 */
export async function measureSpeed(options: { repeats: number; say: (line: string) => void }): Promise<SpeedReport> {
  if (process.platform !== 'linux')
    return { notMeasured: 'peak memory is read from /proc: run it on Linux', heads: [] };
  const python = await findPython(['torch']);
  if (python === undefined) return { notMeasured: howToGetTorch, heads: [] };
  // Below the package: the bundle finds onnxruntime-node from there.
  const parent = path.join(packageRoot(), '.optimas');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(path.join(parent, 'bench-speed-'));
  try {
    const sides = {
      optimas: { name: 'optimas', command: process.execPath, arguments: [await bundledOptimas(folder)] },
      torch: { name: 'torch', command: python, arguments: [torchProgram] },
    };
    const report: SpeedReport = { heads: [] };
    for (const kind of ['linear', 'mlp'] as const) {
      const work = path.join(folder, kind);
      await mkdir(work);
      const task = await writeSpeedTask(work, kind);
      const trying = { ...sides.torch, arguments: [torchProgram, '--try'] };
      const { version, blas, fit, score } = (await runSide(trying, task)) as Tried;
      report.torch = { version, blas };
      options.say(`${kind}: PyTorch ${version} (${blas}) fits ${shown(fit)}; scores ${shown(score)}`);
      task.ways = { fit: leastOf(fit), score: leastOf(score) };
      report.heads.push(await measureHead(task, sides, options));
      await rm(work, { recursive: true });
    }
    return report;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureHead(
  task: SpeedTask,
  sides: { optimas: Side; torch: Side },
  { repeats, say }: { repeats: number; say: (line: string) => void },
): Promise<HeadSpeed> {
  const { kind } = task.head;
  const measured: { optimas: SpeedMeasurement[]; torch: SpeedMeasurement[] } = { optimas: [], torch: [] };
  let difference = 0;
  for (let index = 0; index < repeats; index++) {
    const results: Partial<Record<'optimas' | 'torch', Float32Array[]>> = {};
    // Which of the two comes first alternates too: a machine that slows down would otherwise favour one.
    const order = ['optimas', 'torch'] as const;
    for (const name of index % 2 === 0 ? order : [...order].reverse()) {
      const measurement = (await runSide(sides[name], task)) as SpeedMeasurement;
      measured[name].push(measurement);
      results[name] = await Promise.all([task.files.parameters, task.files.rewards].map(floats));
      say(
        `${index + 1} ${kind} ${name}: fit ${measurement.fitSeconds.toFixed(3)} s, scoring ` +
          `${measurement.scoreSeconds.toFixed(3)} s, peak ${measurement.peakMb.toFixed(0)} MB`,
      );
    }
    for (const [place, name] of ['parameters', 'rewards'].entries()) {
      const apart = relativeDifference(
        results.optimas?.[place] as Float32Array,
        results.torch?.[place] as Float32Array,
      );
      if (apart > largestDifference)
        throw new Error(`the comparison is void: ${kind} head, ${name} differ by ${apart}`);
      difference = Math.max(difference, apart);
    }
  }
  const ways = task.ways as NonNullable<SpeedTask['ways']>;
  return headSpeed({ kind, ways, difference }, measured.optimas, measured.torch);
}

async function runSide(side: Side, task: SpeedTask): Promise<unknown> {
  const folder = path.dirname(task.files.features);
  const [taskFile, resultFile] = [path.join(folder, 'task.json'), path.join(folder, 'result.json')];
  await writeFile(taskFile, JSON.stringify(task));
  for (const file of [resultFile, task.files.parameters, task.files.rewards]) await rm(file, { force: true });
  await run(side.command, [...side.arguments, taskFile, resultFile], { env: { ...process.env, ...oneThread } });
  return JSON.parse(await readFile(resultFile, 'utf8'));
}

/** One plain JavaScript file: what transforms TypeScript would otherwise be part of the process's memory. */
async function bundledOptimas(folder: string): Promise<string> {
  const outfile = path.join(folder, 'optimas-main.js');
  await build({
    entryPoints: [path.join(__dirname, 'optimas-main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    packages: 'external',
  });
  return outfile;
}

async function floats(file: string): Promise<Float32Array> {
  const { buffer, byteOffset, byteLength } = await readFile(file);
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

function leastOf(seconds: Readonly<Record<string, number>>): string {
  const [fastest] = Object.entries(seconds).sort(([, a], [, b]) => a - b);
  if (fastest === undefined) throw new Error('PyTorch tried nothing');
  return fastest[0];
}

function shown(seconds: Readonly<Record<string, number>>): string {
  return Object.entries(seconds)
    .map(([name, value]) => `${name}: ${value.toFixed(3)} s`)
    .join('; ');
}
