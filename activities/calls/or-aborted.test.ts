import { orAborted } from './or-aborted';

describe('orAborted', () => {
  it('gives what the work gives, thrown or returned, also where it is no promise', async () => {
    const { signal } = new AbortController();
    expect(await orAborted(() => 1, signal)).toBe(1);
    await expect(orAborted(() => Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
    await expect(
      orAborted(() => {
        throw new Error('at once');
      }, signal),
    ).rejects.toThrow('at once');
  });

  it('ends work that never ends, and starts none after an abort', async () => {
    const controller = new AbortController();
    const hanging = orAborted(() => new Promise(() => {}), controller.signal);
    controller.abort(new Error('paused'));
    await expect(hanging).rejects.toThrow('paused');
    let started = false;
    await expect(
      orAborted(() => {
        started = true;
      }, controller.signal),
    ).rejects.toThrow('paused');
    expect(started).toBe(false);
  });
});
