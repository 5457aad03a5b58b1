/**
 * The promise, or the signal's reason as soon as it is aborted; `abandon` is then called before the promise settles. Either
 * the result is given or `abandon` is called, never both.
 */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined, abandon: () => void): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    let over = false;
    const end = (settle: () => void): void => {
      if (over) return;
      over = true;
      signal.removeEventListener('abort', abort);
      settle();
    };
    const abort = (): void =>
      end(() => {
        abandon();
        reject(signal.reason as Error);
      });
    signal.addEventListener('abort', abort, { once: true });
    // An abort of earlier calls no listener.
    if (signal.aborted) abort();
    promise.then(
      (value) => end(() => resolve(value)),
      (error: unknown) => end(() => reject(error as Error)),
    );
  });
}
