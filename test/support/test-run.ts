import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { OptimasClient, type StartOptions } from '../../client/optimas-client';
import type { System } from '../../core/system/system';
import { HashedNgramEncoder } from '../../providers/encoder';
import type { EndpointOptions } from '../../providers/language-models';
import { defineConfig, type ConfigOptions } from '../../workers/config/define-config';
import { openRuntime, type Runtime } from '../../workers/runtime';
import { startWorkers, type RunningWorkers } from '../../workers/start-workers';
import { suiteEnvironment } from '../suite-environment';

/** Plan of the tests: small, but every phase does real work. */
export const smallPlan = {
  iterations: 3,
  preferenceInputs: 12,
  adaptationInputs: 6,
  rankingInputs: 6,
  shortlist: 2,
  shortlistInputs: 6,
  candidatesPerInput: 4,
  rolloutsPerCandidate: 1,
  proposals: 8,
  finalists: 2,
  validationExamples: 24,
  testExamples: 20,
  simultaneousSteps: false,
} as const;

/** One iteration on the fewest examples: for tests of what goes on around it. */
export const tinyPlan = {
  iterations: 1,
  preferenceInputs: 6,
  adaptationInputs: 4,
  rankingInputs: 3,
  shortlist: 3,
  shortlistInputs: 3,
  proposals: 4,
  validationExamples: 12,
  testExamples: 10,
  simultaneousSteps: false,
} as const;

/** Timeouts of the tests: a killed worker is noticed within seconds. */
export const quickActivities = {
  heartbeatTimeoutMs: 2_000,
  startToCloseTimeoutMs: 60_000,
  maximumAttempts: 4,
  initialIntervalMs: 50,
  maximumIntervalMs: 500,
} as const;

let queues = 0;

/** A database, real workers and a client of their own, on the suite's Temporal server. */
export class TestRuns {
  private constructor(
    readonly folder: string,
    readonly runtime: Runtime,
    readonly client: OptimasClient,
    readonly temporal: Client,
    readonly taskQueue: string,
    private readonly connections: { client: Connection; worker: NativeConnection },
    private workers: RunningWorkers | undefined,
  ) {}

  static async open(options: {
    systems: System[];
    endpoints: Record<string, EndpointOptions>;
    config?: Partial<ConfigOptions>;
    withWorkers?: boolean;
    /** Use the database and task queue of other runs: another worker of the same service. */
    sharing?: TestRuns;
    /** Default: a file in the folder of the runs. */
    databaseUrl?: string;
    /** The clock of what these workers store. */
    now?: () => number;
    /** Default: the suite's Temporal server. */
    address?: string;
  }): Promise<TestRuns> {
    const folder = options.sharing?.folder ?? (await mkdtemp(join(tmpdir(), 'optimas-runs-')));
    const address = options.address ?? suiteEnvironment().address;
    const taskQueue = options.sharing?.taskQueue ?? `test-${process.pid}-${queues++}`;
    const config = defineConfig({ systems: options.systems, endpoints: options.endpoints, ...options.config });
    const runtime = await openRuntime(config, {
      endpoints: options.endpoints,
      openEncoder: () => Promise.resolve(new HashedNgramEncoder()),
      databaseUrl: options.databaseUrl ?? `file:${join(folder, 'optimas.db')}`,
      ...(options.now === undefined ? {} : { now: options.now }),
    });
    const client = await Connection.connect({ address });
    const worker = await NativeConnection.connect({ address });
    const temporal = new Client({ connection: client });
    const runs = new TestRuns(
      folder,
      runtime,
      new OptimasClient(temporal, runtime.stores, taskQueue, config),
      temporal,
      taskQueue,
      { client, worker },
      undefined,
    );
    if (options.withWorkers !== false) await runs.startWorkers();
    return runs;
  }

  async startWorkers(): Promise<void> {
    this.workers = await startWorkers(this.runtime, {
      connection: this.connections.worker,
      namespace: 'default',
      taskQueue: this.taskQueue,
      bundlePath: suiteEnvironment().workflowBundle,
      shutdownGraceMs: 2_000,
      stickyTimeoutMs: 1_000,
    });
  }

  async stopWorkers(): Promise<void> {
    await this.workers?.shutdown();
    this.workers = undefined;
  }

  start(options: StartOptions): Promise<string> {
    return this.client.start({
      activities: quickActivities,
      ...options,
      plan: { ...smallPlan, ...options.plan },
    });
  }

  async close(): Promise<void> {
    await this.stopWorkers();
    await this.connections.client.close();
    await this.connections.worker.close();
    await this.runtime.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
