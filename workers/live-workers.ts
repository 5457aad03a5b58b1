import { hostname } from 'node:os';
import type { Connection } from '@temporalio/client';
import { processAlive } from '../providers/processes';

/** `TASK_QUEUE_TYPE_WORKFLOW` of Temporal's API. */
const workflowTasks = 1;
/** Milliseconds: a worker asks for work at least once a minute, and the server remembers it for five. */
const recentlyMs = 75_000;

/** Identities of the workers that serve a task queue, as far as can be told. */
export async function liveWorkers(connection: Connection, namespace: string, taskQueue: string): Promise<string[]> {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: workflowTasks,
  });
  return (pollers ?? []).flatMap(({ identity, lastAccessTime }) => {
    const seenMs = Number(lastAccessTime?.seconds ?? 0) * 1_000;
    return identity && Date.now() - seenMs < recentlyMs && mayBeAlive(identity) ? [identity] : [];
  });
}

/** Of a worker on this machine the process id tells; others are believed. */
function mayBeAlive(identity: string): boolean {
  const [, host, pid] = /^optimas@(.+):(\d+)$/.exec(identity) ?? [];
  return host !== hostname() || processAlive(Number(pid));
}
