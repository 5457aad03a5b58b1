import { orAborted } from './or-aborted';
import { settledOrAborted } from './settled-or-aborted';

const hanging = new Promise<never>(() => {});
const aborted = AbortSignal.abort(new Error('shutting down'));

describe('an abort', () => {
  it.each(['before', 'while waiting'])('%s ends a wait that would not end by itself', async (when) => {
    const controller = new AbortController();
    const abort = (): void => controller.abort(new Error('shutting down'));
    const abandon = jest.fn();
    if (when === 'before') abort();
    const waits = [orAborted(hanging, controller.signal, abandon), settledOrAborted(hanging, controller.signal)];
    if (when !== 'before') abort();
    for (const wait of waits) await expect(wait).rejects.toThrow('shutting down');
    expect(abandon).toHaveBeenCalledTimes(1);
  });

  it('abandons nothing whose result is given', async () => {
    const controller = new AbortController();
    const abandon = jest.fn();
    const wait = orAborted(Promise.resolve('result'), controller.signal, abandon);
    // After the promise is settled, and before those who wait for ours go on.
    void Promise.resolve().then(() => controller.abort());
    expect(await wait).toBe('result');
    expect(abandon).not.toHaveBeenCalled();
  });

  it('leaves no failure of what was abandoned unhandled', async () => {
    const failing = new Promise<never>((_, reject) => setImmediate(() => reject(new Error('late'))));
    await expect(orAborted(failing, aborted, () => undefined)).rejects.toThrow('shutting down');
    await new Promise((resolve) => setTimeout(resolve, 10));
  });
});

it('gives results and failures without an abort', async () => {
  const { signal } = new AbortController();
  expect(await orAborted(Promise.resolve(1), signal, () => undefined)).toBe(1);
  expect(await orAborted(Promise.resolve(2), undefined, () => undefined)).toBe(2);
  await expect(orAborted(Promise.reject(new Error('no')), signal, () => undefined)).rejects.toThrow('no');
  await settledOrAborted(Promise.reject(new Error('no')), signal);
});
