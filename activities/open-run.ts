import type { Limits } from '../core/run/budget';
import { usualPriority } from '../core/run/priority';
import type { Component } from '../core/system/component';
import type { RunPlan } from '../core/run/plan';
import type { RunRecord } from '../storage';
import { MemoisedCaller } from './calls/memoised-caller';
import type { CallMeter } from './calls/call-meter';
import type { ResolvedSystem } from './definition/resolve-system';
import { Declined, resolveOrDecline } from './declined';
import type { ActivityDependencies } from './dependencies';
import { modelDifferences, runModels, type RunModels } from './run-models';

/** A run as its activities see it. */
export interface OpenRun {
  runId: string;
  seed: number;
  plan: RunPlan;
  resolved: ResolvedSystem;
  meter(limits: Limits): CallMeter;
  caller(limits: Limits): MemoisedCaller;
}

/** Names of the components that have a variable with a choice. */
export interface TunableComponents {
  /** Those for which one of the plan's optimizers is. */
  tuned: string[];
  /** The others, which keep their settings. */
  excluded: string[];
}

/** What `prepareRun` stores as a run's input. */
export interface StoredRunInput {
  plan: RunPlan;
  fresh: boolean;
  /** How many components the system has. */
  components: number;
  tunable: TunableComponents;
  models: RunModels;
  /** 1 to 5; absent: the usual one. */
  priority?: number;
}

/** @throws Error for a name that the run's system does not have. */
export function componentOf({ resolved: { system } }: OpenRun, name: string): Component {
  const found = system.components.find((item) => item.name === name);
  if (found === undefined) throw new Error(`system '${system.name}' has no component '${name}'`);
  return found;
}

/** A run as `prepareRun` stored it. @throws Declined when it is not in this worker's database: another worker's may have it. */
export async function recordOf(dependencies: ActivityDependencies, runId: string): Promise<RunRecord> {
  const { runs, database } = dependencies.stores;
  const record = await runs.get(runId);
  if (record !== undefined) return record;
  throw new Declined(
    dependencies,
    `uses the database ${database.url}, which does not have run '${runId}': start a worker with the database that the ` +
      'run was started with, and give workers of different databases queues of their own (temporal.taskQueue)',
  );
}

/** @throws Declined for a definition that is not the one that the run began with. */
export function declineOtherDefinition(
  dependencies: ActivityDependencies,
  { runId, system, definitionHash: began }: RunRecord,
  { definitionHash: here }: ResolvedSystem,
): void {
  if (here === began) return;
  throw new Declined(
    dependencies,
    `defines system '${system}' differently (${here.slice(0, 12)}) from run '${runId}' (${began.slice(0, 12)}): ` +
      'start a worker with the code and data that the run began with, or start a new run',
  );
}

/**
 * Loads a run, and makes sure that this worker would compute what the run's other workers do.
 *
 * @throws Declined (another worker may fit) when this one does not define the system, or when its
 *   database, definition or models differ from those that the run began with.
 */
export async function openRun(dependencies: ActivityDependencies, runId: string): Promise<OpenRun> {
  const record = await recordOf(dependencies, runId);
  const resolved = await resolveOrDecline(dependencies, record.system);
  declineOtherDefinition(dependencies, record, resolved);
  const { plan, fresh, models, priority = usualPriority } = record.input as unknown as StoredRunInput;
  const differences = modelDifferences(models, await runModels(dependencies));
  if (differences !== undefined) {
    throw new Declined(
      dependencies,
      `has other models than run '${runId}' began with: ${differences}; ` +
        'start a worker with the config and the models that the run began with, or start a new run',
    );
  }
  const meter = (limits: Limits): CallMeter => ({
    runId,
    memo: dependencies.stores.memo,
    spend: dependencies.stores.spend,
    reservations: dependencies.stores.reservations,
    languageModels: dependencies.languageModels,
    limits,
    priority,
    scope: fresh ? runId : '',
  });
  return {
    runId,
    seed: record.seed,
    plan,
    resolved,
    meter,
    caller: (limits) => new MemoisedCaller(resolved, meter(limits)),
  };
}
