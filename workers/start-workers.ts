import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { createActivities } from '../activities';
import { endTogether } from './end-together';
import { rewardsQueue } from './task-queues';
import { activityDependencies, type Runtime } from './runtime';

export interface WorkerSettings {
  connection: NativeConnection;
  namespace: string;
  taskQueue: string;
  /** Milliseconds that running activities get to end after a shutdown is asked for. */
  shutdownGraceMs?: number;
  /** Milliseconds after which another worker takes over the workflows of one that died. */
  stickyTimeoutMs?: number;
  /** A prebuilt workflow bundle; default: the one of the build. */
  bundlePath?: string;
  identity?: string;
}

/** The workers of one process: workflows and model calls on one task queue, CPU-bound fits on another. */
export interface RunningWorkers {
  identity: string;
  /** Resolves after `shutdown`; rejects when a worker has died, after the other one has ended. */
  done: Promise<void>;
  shutdown(): Promise<void>;
}

const callSlots = 32;

/**
 * Starts the workers of one process on a connection that the caller opens and closes.
 *
 * @throws Error when the workflows cannot be bundled, or `bundlePath` is no bundle.
 */
export async function startWorkers(runtime: Runtime, settings: WorkerSettings): Promise<RunningWorkers> {
  const { connection, namespace, taskQueue } = settings;
  const identity = settings.identity ?? `optimas@${hostname()}:${process.pid}`;
  const activities = createActivities(activityDependencies(runtime, identity));
  const shared: WorkerOptions = {
    connection,
    namespace,
    identity,
    activities,
    taskQueue,
    shutdownGraceTime: settings.shutdownGraceMs ?? 10_000,
    // Activities heartbeat four times within their timeout. The SDK would hold all but the first back for 80 % of it, and what
    // is left would be all the time that a machine may stall.
    maxHeartbeatThrottleInterval: 1_000,
  };
  const calls = await Worker.create({
    ...shared,
    ...workflowSource(settings.bundlePath),
    maxConcurrentActivityTaskExecutions: callSlots,
    maxCachedWorkflows: 100,
    ...(settings.stickyTimeoutMs === undefined ? {} : { stickyQueueScheduleToStartTimeout: settings.stickyTimeoutMs }),
  });
  const rewards = await Worker.create({
    ...shared,
    taskQueue: rewardsQueue(taskQueue),
    maxConcurrentActivityTaskExecutions: 1,
  });
  const { done, shutdown } = endTogether([calls, rewards]);
  return {
    identity,
    done,
    async shutdown() {
      shutdown();
      await done;
    },
  };
}

/**
 * The bundle that was made with this very code, so that a worker starts at once. Code that runs from its sources has none,
 * and bundles them: what is in dist may be older.
 */
function workflowSource(bundlePath = join(__dirname, '..', 'workflow-bundle.js')) {
  return existsSync(bundlePath)
    ? { workflowBundle: { codePath: bundlePath } }
    : { workflowsPath: require.resolve('../workflows') };
}
