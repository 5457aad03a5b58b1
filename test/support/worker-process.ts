import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { typescriptFlags } from './typescript-flags';

export interface WorkerProcessOptions {
  address: string;
  taskQueue: string;
  databaseUrl: string;
  endpointUrl: string;
  bundlePath: string;
  /** Default: true. */
  pure?: boolean;
  /** Header `x-worker` of its calls, which tells the endpoint whose they are. */
  label?: string;
  /** Kind of a ledger entry: the process kills itself once it has committed one, before Temporal hears of it. */
  dieAfterEntry?: string;
}

const keptErrors = 20_000;
const errorsOf = new WeakMap<ChildProcess, string>();

/**
 * Starts a worker process and waits until it polls. It ends when this process does.
 *
 * @throws with the end of its standard error when it ends before that.
 */
export async function spawnWorker(options: WorkerProcessOptions): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    [...typescriptFlags, join(__dirname, 'worker-main.ts'), JSON.stringify(options)],
    { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  child.stderr?.on('data', (chunk: Buffer) =>
    errorsOf.set(child, (workerErrors(child) + chunk.toString()).slice(-keptErrors)),
  );
  const ready = new AbortController();
  try {
    await Promise.race([
      once(child.stdout as NodeJS.ReadableStream, 'data', { signal: ready.signal }),
      once(child, 'exit', { signal: ready.signal }).then(() =>
        Promise.reject(new Error(`the worker process ended: ${workerErrors(child).slice(-2_000)}`)),
      ),
    ]);
  } finally {
    ready.abort();
  }
  child.stdout?.resume();
  return child;
}

/** The end of what a worker process wrote to standard error. */
export function workerErrors(child: ChildProcess): string {
  return errorsOf.get(child) ?? '';
}

/** kill -9, and waits until the process is gone. */
export async function killNow(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
