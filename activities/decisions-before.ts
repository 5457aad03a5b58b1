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

/** How many components it changed, or would have. */
export function changedComponents({ changed }: PastDecision): number {
  return new Set(changed.map(({ component }) => component)).size;
}

/** Whether it accepted other settings of the component, by a move of it alone or of several. */
export function changes({ accepted, changed }: PastDecision, component: string): boolean {
  return accepted && changed.some((change) => change.component === component);
}
