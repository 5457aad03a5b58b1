import type { PreparedRun, PrepareRunInput } from '../../activities/contracts';
import { resolveSystem, type ResolvedSystem } from '../../activities/definition/resolve-system';
import type { ActivityDependencies } from '../../activities/dependencies';
import { prepareRun } from '../../activities/prepare-run';
import { defaultPlan, type RunPlan } from '../../core/run/plan';
import type { System } from '../../core/system/system';
import type { TemporaryFolder } from '../../storage/testing/temporary-folder';
import { activityDependencies, attempt } from './activity-attempt';

export interface BegunRun {
  dependencies: ActivityDependencies;
  resolved: ResolvedSystem;
  /** What it began with. */
  input: PrepareRunInput;
  prepared: PreparedRun;
}

/** A run `run` of a system, seed 0, for tests of what its activities do next. */
export async function begunRun(
  folder: TemporaryFolder,
  system: System,
  { plan, ...others }: { plan?: Partial<RunPlan> } & Partial<ActivityDependencies> = {},
): Promise<BegunRun> {
  const resolved = await resolveSystem(system);
  const dependencies = await activityDependencies(folder, resolved, others);
  return { dependencies, resolved, ...(await beginRun(dependencies, system, plan)) };
}

/** The same by a worker that there is already. */
export async function beginRun(
  dependencies: ActivityDependencies,
  { name }: System,
  plan: Partial<RunPlan> = {},
): Promise<Pick<BegunRun, 'input' | 'prepared'>> {
  const input = { runId: 'run', system: name, seed: 0, plan: { ...defaultPlan, ...plan }, fresh: false };
  return { input, prepared: await attempt(() => prepareRun(dependencies, input)) };
}
