import type { ResolvedSystem } from './definition/resolve-system';
import type { ActivityDependencies } from './dependencies';
import { UnknownSystem } from './unknown-system';

/**
 * What a worker answers that cannot do a run's work, or would do it otherwise than the run's other workers. Another worker
 * may take the next attempt; when all attempts were declined, the run waits and says why.
 */
export class Declined extends Error {
  override readonly name = 'Declined';

  constructor({ workerIdentity }: ActivityDependencies, reason: string) {
    super(`worker ${workerIdentity} ${reason}`);
  }
}

/**
 * Milliseconds until what a worker declined is offered again, to whichever worker asks by then: soon at first, because
 * another one may be there, and longer where it seems not to be.
 */
export function offeredAgainAfterMs(attempt: number): number {
  return Math.min(1_000, 100 * 2 ** (attempt - 1));
}

/** @throws Declined for a system that this worker does not define; DefinitionError for one that is wrong. */
export async function resolveOrDecline(dependencies: ActivityDependencies, system: string): Promise<ResolvedSystem> {
  try {
    return await dependencies.resolve(system);
  } catch (error) {
    if (!(error instanceof UnknownSystem)) throw error;
    throw new Declined(
      dependencies,
      `does not define system '${system}'; it defines ${error.defined.join(', ')}: start a worker whose config defines it`,
    );
  }
}
