import { isDeepStrictEqual } from 'node:util';
import type { RunPlan } from '../../core/run/plan';
import { actor, type OpenRun } from './open-runs';
import { budgetOverrides, type BudgetOptions } from './plan-options';
import type { Runs } from './project';

/** What a person asks for, as far as an earlier run must agree with it. */
export interface Wanted {
  system: string;
  definitionHash: string;
  seed: number;
  /** The plan's members that were given on the command line. */
  plan: Partial<RunPlan>;
  fresh: boolean;
}

/**
 * The newest open run that does what is wanted; `runs` are newest first. Says why another one of this system and seed is
 * not gone on with.
 */
export function earlierRun(runs: readonly OpenRun[], wanted: Wanted, note: (line: string) => void): string | undefined {
  let fitting: string | undefined;
  for (const run of runs.filter(({ system, seed }) => system === wanted.system && seed === wanted.seed)) {
    const reason = obstacle(run, wanted);
    if (reason === undefined) fitting ??= run.runId;
    else note(`run ${run.runId} has not ended, but ${reason} (optimas cancel ${run.runId} --now ends it)`);
  }
  return fitting;
}

/** Why a run cannot be gone on with. */
function obstacle(run: OpenRun, wanted: Wanted): string | undefined {
  if (run.definitionHash !== wanted.definitionHash) {
    return 'it began with another definition of the system: it cannot go on with this one';
  }
  if (wanted.fresh) return '--fresh asks for a new one';
  const different = (Object.keys(wanted.plan) as (keyof RunPlan)[]).filter(
    (key) => !isDeepStrictEqual(run.plan?.[key], wanted.plan[key]),
  );
  if (different.length === 0) return undefined;
  const differences = different.map(
    (key) => `${key} ${String(run.plan?.[key])} instead of ${String(wanted.plan[key])}`,
  );
  return `its plan has ${differences.join(', ')}: a new run is needed`;
}

/** Goes on with a run. Limits that are given replace its own; the others stay. */
export async function resumeRun(
  client: Pick<Runs['client'], 'progress' | 'setBudget' | 'resume'>,
  runId: string,
  options: BudgetOptions,
): Promise<void> {
  const command = { actor: actor(), reason: 'optimas run' };
  const limits = budgetOverrides(options);
  if (Object.keys(limits).length > 0) {
    const { budget } = await client.progress(runId);
    await client.setBudget(runId, { ...command, budget: { ...budget, ...limits } });
  }
  await client.resume(runId, command);
}
