import { setTimeout as sleep } from 'node:timers/promises';

/** Waits, or throws the signal's reason as soon as it is aborted. */
export async function delay(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** Growing waits with jitter, in milliseconds: processes that collided once do not collide in step again. */
export function backoff(first: number, longest: number): () => number {
  let ceiling = first;
  return () => {
    const wait = ceiling * (0.5 + Math.random() / 2);
    ceiling = Math.min(longest, ceiling * 1.6);
    return wait;
  };
}
