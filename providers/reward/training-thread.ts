import { parentPort } from 'node:worker_threads';
import { adaptHead } from './adapt-head';
import { fitHead } from './fit-head';
import { loadOnnxProtobuf } from './onnx-graph';
import { scoringGraph } from './scoring-graph';
import type { TrainingMessage, TrainingRequest, TrainingTask } from './training-request';

const protobuf = loadOnnxProtobuf();

/** One request's training: progress, then its result or why there is none. */
async function train(request: TrainingRequest): Promise<void> {
  const send = (message: TrainingMessage): void => parentPort?.postMessage(message);
  try {
    const { task } = request;
    const onProgress = (done: number): void => send({ type: 'progress', done });
    const result =
      task.type === 'fit'
        ? await fitHead(await protobuf, request, task.settings, onProgress)
        : await adaptHead(await protobuf, request, task, onProgress);
    send({ type: 'result', result: { ...result, artefact: scoringGraph(await protobuf, result.members) } });
  } catch (error) {
    send({ type: 'failure', error: error instanceof Error ? error : new Error(String(error)) });
  }
}

// The thread that trains heads: one request after another, until it is told to end.
parentPort?.on('message', (task: TrainingTask) => {
  if (task === 'end') parentPort?.close();
  else void train(task);
});
