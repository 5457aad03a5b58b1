import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../processes/package-root';
import type { TrainingMessage, TrainingRequest, TrainingResult, TrainingTask } from './training-request';

/** Milliseconds that a thread waits for the next fit: to start one costs as much as a small fit. */
const idleMs = 10_000;

const idleThreads = new Map<Worker, NodeJS.Timeout>();

/**
 * Trains in a thread of its own, so that heartbeats and other activities go on. The request's features move to the thread.
 *
 * @throws the signal's reason once it is aborted and the training has ended; what the thread threw; Error where the package
 *   is not built.
 */
export async function trainInThread(
  request: TrainingRequest,
  options: { signal?: AbortSignal | undefined; onProgress: (done: number) => void; idleMs?: number },
): Promise<TrainingResult> {
  const { signal, onProgress } = options;
  signal?.throwIfAborted();
  const thread = takeThread();
  const stop = new Int32Array(new SharedArrayBuffer(4));
  // The thread is asked, not terminated: ending it inside ONNX Runtime ends the whole process.
  const abort = (): void => {
    Atomics.store(stop, 0, 1);
  };
  signal?.addEventListener('abort', abort, { once: true });
  let result: TrainingResult | undefined;
  try {
    result = await new Promise<TrainingResult>((resolve, reject) => {
      thread.on('message', (message: TrainingMessage) => {
        if (message.type === 'progress') onProgress(message.done);
        else if (message.type === 'failure') reject(message.error);
        else resolve(message.result);
      });
      thread.on('error', reject);
      thread.on('exit', (code) => reject(new Error(`reward training: the thread ended early (${code})`)));
      const task: TrainingTask = { ...request, stop };
      thread.postMessage(task, [request.features.buffer as ArrayBuffer]);
    });
  } finally {
    signal?.removeEventListener('abort', abort);
    forgetListeners(thread);
    // One that failed by itself may do so again: the next fit gets a new one.
    keepThread(thread, result !== undefined || signal?.aborted ? (options.idleMs ?? idleMs) : 0);
    signal?.throwIfAborted();
  }
  return result;
}

function takeThread(): Worker {
  const [idle] = idleThreads.keys();
  if (idle !== undefined) {
    notIdle(idle);
    forgetListeners(idle);
    idle.ref();
    return idle;
  }
  const entry = join(packageRoot(), 'dist', 'providers', 'reward', 'training-thread.js');
  if (!existsSync(entry)) {
    throw new Error(`reward training: ${entry} is missing; build the package first (npm run build)`);
  }
  // The parent's loaders (tests, development) are not for built code.
  return new Worker(entry, { execArgv: [] });
}

function keepThread(thread: Worker, forMs: number): void {
  const end = (): void => {
    notIdle(thread);
    thread.postMessage('end' satisfies TrainingTask);
  };
  thread.once('error', () => notIdle(thread)).once('exit', () => notIdle(thread));
  // An idle thread does not keep the process alive.
  thread.unref();
  if (forMs === 0) end();
  else idleThreads.set(thread, setTimeout(end, forMs).unref());
}

function notIdle(thread: Worker): void {
  clearTimeout(idleThreads.get(thread));
  idleThreads.delete(thread);
}

/** Not `removeAllListeners()`: Node's own listeners on this object open and close its message port. */
function forgetListeners(thread: Worker): void {
  for (const event of ['message', 'error', 'exit']) thread.removeAllListeners(event);
}
