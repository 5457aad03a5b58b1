import { ServiceError } from '@temporalio/client';
import { askThroughOutages } from './ask-through-outages';

/** As the SDK wraps what gRPC gives. */
function grpcError(code: number): Error {
  const cause = Object.assign(new Error(`${code}`), { code, details: '', metadata: {} });
  return new ServiceError('Failed to get Workflow execution history', { cause });
}

/** Throws the errors one after the other, then answers. */
function failing(...errors: Error[]): () => Promise<string> {
  return () => {
    const error = errors.shift();
    return error === undefined ? Promise.resolve('done') : Promise.reject(error);
  };
}

const options = { patienceMs: 200, pauseMs: 1 };

it('asks again once a server that was away is back, however often that happens', async () => {
  const ask = failing(grpcError(14), grpcError(4), grpcError(1));
  const probe = failing(grpcError(14), grpcError(14));
  expect(await askThroughOutages(ask, probe, options)).toBe('done');
});

it('throws what the server, or the run, answers', async () => {
  const probe = () => Promise.reject(new Error('not asked'));
  await expect(askThroughOutages(failing(grpcError(7)), probe, options)).rejects.toThrow('Failed to get');
  await expect(askThroughOutages(failing(new Error('the run failed')), probe, options)).rejects.toThrow(
    'the run failed',
  );
});

it('gives up a server that stays away for longer than its patience', async () => {
  const gone = () => Promise.reject(grpcError(14));
  const started = performance.now();
  await expect(askThroughOutages(gone, gone, options)).rejects.toThrow('Failed to get');
  expect(performance.now() - started).toBeGreaterThanOrEqual(200);
});
