import type { Stores } from '../storage';
import type { DecisionRecord } from './decide';

/** A decision with the iteration that made it. */
export type PastDecision = DecisionRecord & { iteration: number };

/** The run's decisions of earlier iterations, oldest first. */
export async function decisionsBefore(stores: Stores, runId: string, iteration: number): Promise<PastDecision[]> {
  const entries = await stores.ledger.list(runId, { kind: 'decision' });
  return entries
    .map((entry) => ({ ...(entry.body as unknown as DecisionRecord), iteration: entry.iteration }))
    .filter((decision) => decision.iteration < iteration);
}
