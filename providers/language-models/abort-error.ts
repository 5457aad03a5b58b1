/** What a call throws when its caller aborted it: named `AbortError`, with the signal's reason as cause. */
export function abortError(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  if (reason instanceof Error && reason.name === 'AbortError') return reason;
  return Object.assign(new Error('the model call was aborted by its caller', { cause: reason }), {
    name: 'AbortError',
  });
}
