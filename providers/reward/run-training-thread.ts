import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../processes/package-root';
import type { TrainingMessage, TrainingRequest, TrainingResult } from './training-request';

/**
 * Trains in a thread of its own, so that heartbeats and other activities go on. The request's features move to the thread.
 *
 * @throws the signal's reason once it is aborted and the thread has ended; what the thread threw; Error where the package
 *   is not built.
 */
export function runTrainingThread(
  request: TrainingRequest,
  options: { signal?: AbortSignal | undefined; onProgress: (done: number) => void },
): Promise<TrainingResult> {
  const { signal, onProgress } = options;
  const entry = join(packageRoot(), 'dist', 'providers', 'reward', 'training-thread.js');
  if (!existsSync(entry)) {
    throw new Error(`reward training: ${entry} is missing; build the package first (npm run build)`);
  }
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(entry, {
      workerData: { ...request, stop } satisfies TrainingRequest,
      transferList: [request.features.buffer as ArrayBuffer],
      // The parent's loaders (tests, development) are not for built code.
      execArgv: [],
    });
    // The thread is asked, not terminated: ending it inside ONNX Runtime ends the whole process.
    const abort = (): void => {
      Atomics.store(stop, 0, 1);
    };
    signal?.addEventListener('abort', abort, { once: true });
    let result: TrainingResult | undefined;
    let failure: unknown;
    worker.on('message', (message: TrainingMessage) => {
      if (message.type === 'progress') onProgress(message.done);
      else result = message.result;
    });
    worker.on('error', (error) => {
      failure = error;
    });
    worker.on('exit', (code) => {
      signal?.removeEventListener('abort', abort);
      if (signal?.aborted === true) reject(signal.reason as Error);
      else if (result !== undefined) resolve(result);
      else reject((failure as Error | undefined) ?? new Error(`reward training: the thread ended early (${code})`));
    });
  });
}
