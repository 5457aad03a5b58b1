import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import workerThreads, { type Worker } from 'node:worker_threads';
import { plainFeatureSpec } from '../../test/support/plain-feature-spec';
import { linearHead } from '../../test/support/reward-request';
import { packageRoot } from '../processes/package-root';
import type { trainInThread as TrainInThread } from './train-in-thread';
import type { TrainingRequest } from './training-request';

/** Two candidates of each of four inputs; the first one is preferred, and its features are larger. */
function requestOf(): TrainingRequest {
  const [inputs, dimension] = [4, 3];
  const numbers = (of: (index: number) => number) => Array.from({ length: inputs }, (_, index) => of(index));
  return {
    spec: plainFeatureSpec(dimension),
    features: Float32Array.from({ length: 2 * inputs * dimension }, (_, k) =>
      k % (2 * dimension) < dimension ? 1 : 0,
    ),
    pairs: {
      preferred: Int32Array.from(numbers((input) => 2 * input)),
      rejected: Int32Array.from(numbers((input) => 2 * input + 1)),
      weights: new Float32Array(inputs).fill(1),
      groups: Int32Array.from(numbers((input) => input)),
    },
    rowFolds: Int32Array.from({ length: 2 * inputs }, (_, row) => (row >> 1) % 2),
    groupFolds: Int32Array.from(numbers((input) => input % 2)),
    foldCount: 2,
    seed: 1,
    task: { type: 'fit', settings: { heads: [linearHead], maxSteps: 8, lookEvery: 4, patience: 2 } },
  };
}

const onProgress = (): void => {};
/** Without idle threads of other tests. */
let trainInThread: typeof TrainInThread;
let started: Worker[];
beforeEach(() => {
  jest.isolateModules(() => {
    ({ trainInThread } = jest.requireActual<{ trainInThread: typeof TrainInThread }>('./train-in-thread'));
  });
  started = [];
  const { Worker: Thread } = workerThreads;
  jest.spyOn(workerThreads, 'Worker').mockImplementation((...given: ConstructorParameters<typeof Thread>) => {
    const thread = new Thread(...given);
    started.push(thread);
    return thread;
  });
});
afterEach(() => jest.restoreAllMocks());

it('trains side by side in two threads, and one after another in one', async () => {
  const [one, other] = await Promise.all([
    trainInThread(requestOf(), { onProgress }),
    trainInThread(requestOf(), { onProgress }),
  ]);
  expect(started).toHaveLength(2);
  expect(other).toEqual(one);
  for (let fits = 0; fits < 3; fits++) expect(await trainInThread(requestOf(), { onProgress })).toEqual(one);
  expect(started).toHaveLength(2);
});

it('goes on with the thread of an aborted fit', async () => {
  const controller = new AbortController();
  const aborted = trainInThread(requestOf(), {
    signal: controller.signal,
    onProgress: () => controller.abort(new Error('paused')),
  });
  await expect(aborted).rejects.toThrow('paused');
  await expect(trainInThread(requestOf(), { onProgress })).resolves.toMatchObject({
    members: [{ head: linearHead }, { head: linearHead }],
  });
  expect(started).toHaveLength(1);
});

it('adapts the members of a fit, which stay usable here', async () => {
  const { members, artefact } = await trainInThread(requestOf(), { onProgress });
  const batch = [0, 1, 2, 3];
  const settings = { stepsPerBatch: 2, plans: [[batch], [batch]], judged: batch };
  const progress: number[] = [];
  const adapted = await trainInThread(
    { ...requestOf(), task: { type: 'adapt', members, settings } },
    { onProgress: (done) => progress.push(done) },
  );
  expect(adapted).toMatchObject({ adaptation: { plan: 0, batches: 1, heldOutBefore: expect.any(Float32Array) } });
  expect(adapted.members.map(({ steps }, index) => steps - (members[index]?.steps as number))).toEqual([2, 2]);
  expect(Buffer.from(adapted.artefact).equals(artefact)).toBe(false);
  expect(progress.at(-1)).toBe(1);
  expect(members[0]?.parameters.length).toBe(3);
});

it('says why a fit failed, and starts a new thread for the next one', async () => {
  const request = requestOf();
  if (request.task.type === 'fit') request.task.settings.heads = [];
  await expect(trainInThread(request, { onProgress })).rejects.toThrow('Reduce of empty array');
  await expect(trainInThread(requestOf(), { onProgress })).resolves.toMatchObject({
    members: [{ head: linearHead }, { head: linearHead }],
  });
  expect(started).toHaveLength(2);
});

it('ends a thread that waited in vain', async () => {
  await trainInThread(requestOf(), { onProgress, idleMs: 20 });
  expect(await once(started[0] as Worker, 'exit')).toEqual([0]);
  await trainInThread(requestOf(), { onProgress });
  expect(started).toHaveLength(2);
});

it('keeps no process alive that has a thread waiting', async () => {
  const module = join(packageRoot(), 'dist', 'providers', 'reward', 'train-in-thread.js');
  const request = requestOf();
  const program = `
    const request = ${JSON.stringify({ ...request, features: [...request.features] })};
    request.features = Float32Array.from(request.features);
    const integers = (values) => Int32Array.from(Object.values(values));
    for (const name of ['preferred', 'rejected', 'groups']) request.pairs[name] = integers(request.pairs[name]);
    for (const name of ['rowFolds', 'groupFolds']) request[name] = integers(request[name]);
    request.pairs.weights = Float32Array.from(Object.values(request.pairs.weights));
    require(${JSON.stringify(module)}).trainInThread(request, { onProgress() {}, idleMs: 600_000 })
      .then(({ members }) => console.log(members.length === 2 && members[0].steps > 0));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program], { timeout: 20_000 });
  expect(stdout.trim()).toBe('true');
});
