/** The promise, or the signal's reason as soon as it is aborted; `abandon` is then called before the promise settles. */
export async function orAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  abandon: () => void,
): Promise<T> {
  if (signal === undefined) return promise;
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      abandon();
      reject(signal.reason as Error);
    };
  });
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
