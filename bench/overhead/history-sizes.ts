import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';

/** One workflow execution's history, as the server counts it. */
export interface HistorySize {
  workflowType: string;
  events: number;
  bytes: number;
}

/**
 * Sizes of the histories of all executions on a server that serves one run, once all have closed: a run's executions
 * (it continues as new) and its iterations.
 *
 * @throws Error when some are still open after 30 s.
 */
export async function historySizes(client: Client): Promise<HistorySize[]> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const sizes: HistorySize[] = [];
    let open = 0;
    for await (const execution of client.workflow.list()) {
      if (execution.status.name === 'RUNNING') open++;
      const { type: workflowType, historyLength: events, historySize: bytes = 0 } = execution;
      sizes.push({ workflowType, events, bytes });
    }
    if (open === 0 && sizes.length > 0) return sizes;
    // What the server lists lags behind what it has done.
    if (Date.now() > deadline) throw new Error(`${open} workflow executions are still open 30 s after the run ended`);
    await sleep(200);
  }
}
