import type { ActivityDependencies } from './dependencies';

/** Writes once in a run's ledger that this worker did a part of it; which part, Temporal's history tells. */
export async function workerRecord({ stores, workerIdentity }: ActivityDependencies, runId: string): Promise<void> {
  await stores.ledger.append(runId, [
    { key: `worker/${workerIdentity}`, iteration: -1, kind: 'worker', body: { worker: workerIdentity } },
  ]);
}
