import { parentPort, workerData } from 'node:worker_threads';
import { fitHead } from './fit-head';
import { loadOnnxProtobuf } from './onnx-graph';
import type { TrainingMessage, TrainingRequest } from './training-request';

/** Entry of the worker thread that trains heads: one request in, progress and one result out. */
async function main(request: TrainingRequest): Promise<void> {
  const send = (message: TrainingMessage): void => parentPort?.postMessage(message);
  const protobuf = await loadOnnxProtobuf();
  const result = await fitHead(protobuf, request, (done) => send({ type: 'progress', done }));
  send({ type: 'result', result });
}

main(workerData as TrainingRequest).catch((error: unknown) => {
  // Thrown outside the promise, so that the parent gets an 'error' event.
  setImmediate(() => {
    throw error;
  });
});
