import { setTimeout as sleep } from 'node:timers/promises';
import { isGrpcServiceError } from '@temporalio/client';

/** gRPC's codes for a server that went away, gives no answer in time, or cannot be reached. */
const awayCodes: readonly number[] = [1, 4, 14];

/**
 * What `ask` gives. The SDK gives up a server that is away for about 20 s; a restart may take longer, so it is waited for
 * until `probe` gets an answer, and asked again. A server that refuses the question is not away.
 *
 * @param patienceMs how long the server may be away at a stretch.
 * @throws what `ask` throws; what `probe` throws once the patience is over.
 */
export async function askThroughOutages<T>(
  ask: () => Promise<T>,
  probe: () => Promise<unknown>,
  { patienceMs, pauseMs = 1_000 }: { patienceMs: number; pauseMs?: number },
): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!serverIsAway(error)) throw error;
    }
    const deadline = performance.now() + patienceMs;
    for (;;) {
      await sleep(pauseMs);
      try {
        await probe();
        break;
      } catch (error) {
        if (!serverIsAway(error) || performance.now() > deadline) throw error;
      }
    }
  }
}

function serverIsAway(error: unknown): boolean {
  const cause = error instanceof Error && !isGrpcServiceError(error) ? error.cause : error;
  return isGrpcServiceError(cause) && awayCodes.includes(cause.code);
}
