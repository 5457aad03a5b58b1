import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface WorkerProcessOptions {
  address: string;
  taskQueue: string;
  databaseUrl: string;
  endpointUrl: string;
  bundlePath: string;
}

const root = join(__dirname, '..', '..');

/** Starts a worker process and waits until it polls. */
export async function spawnWorker(options: WorkerProcessOptions): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    [join(root, 'node_modules/jiti/lib/jiti-cli.mjs'), join(__dirname, 'worker-main.ts'), JSON.stringify(options)],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  await Promise.race([
    once(child.stdout as NodeJS.ReadableStream, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error(`the worker process ended: ${errors.slice(-2_000)}`))),
  ]);
  return child;
}

/** kill -9, and waits until the process is gone. */
export async function killNow(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
