/** What the promise gives; throws the signal's reason as soon as it is aborted. */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  let stop = (): void => {};
  const aborted = new Promise<void>((resolve) => (stop = resolve));
  signal.addEventListener('abort', stop, { once: true });
  // An abort of earlier calls no listener.
  if (signal.aborted) stop();
  try {
    const first = await Promise.race([promise, aborted]);
    signal.throwIfAborted();
    return first as T;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
