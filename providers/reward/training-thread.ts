import { parentPort } from 'node:worker_threads';
import { fitHead } from './fit-head';
import { loadOnnxProtobuf } from './onnx-graph';
import type { TrainingMessage, TrainingRequest, TrainingTask } from './training-request';

const protobuf = loadOnnxProtobuf();

/** One request's training: progress, then its result or why there is none. */
async function train(request: TrainingRequest): Promise<void> {
  const send = (message: TrainingMessage): void => parentPort?.postMessage(message);
  try {
    const result = await fitHead(await protobuf, request, (done) => send({ type: 'progress', done }));
    send({ type: 'result', result });
  } catch (error) {
    send({ type: 'failure', error: error instanceof Error ? error : new Error(String(error)) });
  }
}

// The thread that trains heads: one request after another, until it is told to end.
parentPort?.on('message', (task: TrainingTask) => {
  if (task === 'end') parentPort?.close();
  else void train(task);
});
