import { pairOnShared } from '../core/validation/scores-by-example';
import { mean } from '../core/validation/moments';
import type { DecideInput } from './contracts';
import type { ActivityDependencies } from './dependencies';
import { rankingReward } from './optimize-component/latest-reward';
import { proposalsRecords } from './optimize-component/proposals-record';
import type { OpenRun } from './open-run';
import { validationScores } from './validation-scores';

/** What was predicted of a candidate that went to validation, and what came of it; gains in score over the incumbent. */
export interface ValidatedGain {
  configurationHash: string;
  /** `reward`: a trusted Local Reward Function predicted it. `metric`: rollouts of the system did. */
  judge: 'reward' | 'metric';
  predicted: number | null;
  /** By the global metric on the inputs of the shortlist. */
  shortlisted: number | null;
  realised: number;
  /** Validation examples behind `realised`: those measured by the look at which it was dropped or the test ended. */
  examples: number;
}

/** Every candidate of an iteration that was validated, in the order in which it was proposed. */
export async function validatedGains(
  dependencies: ActivityDependencies,
  run: Pick<OpenRun, 'runId' | 'plan'>,
  input: DecideInput,
  ids: readonly string[],
): Promise<ValidatedGain[]> {
  const { stores } = dependencies;
  const { runId, iteration, component } = input;
  const records = await proposalsRecords(stores, runId, { iteration });
  const proposals = records.flatMap((record) =>
    record.proposals.map((proposal) => ({ ...proposal, component: record.component })),
  );
  // Of a simultaneous step: rewards predicted it where they judged every part.
  const judged = await Promise.all(
    [component, ...(input.others ?? [])].map(async (name) => ({
      name,
      byReward: (await rankingReward(stores, { runId, component: name, upTo: iteration + 1 })) !== undefined,
    })),
  );
  const byReward = new Set(judged.flatMap(({ name, byReward: own }) => (own ? [name] : [])));
  if (input.partner !== undefined) byReward.clear();
  const before = await validationScores(dependencies, run, iteration, input.incumbent, ids);
  const gains: ValidatedGain[] = [];
  for (const proposal of proposals.filter(({ finalist }) => finalist)) {
    const { configurationHash, changed, expectedGain, measuredGain } = proposal;
    // A simultaneous step need not change the component that it is recorded under.
    const own = input.others === undefined ? [component] : [];
    const parts = [...own, ...changed.map((change) => change.component ?? proposal.component)];
    const judge = parts.every((name) => byReward.has(name)) ? 'reward' : 'metric';
    const after = await validationScores(dependencies, run, iteration, configurationHash, ids);
    const pairs = pairOnShared(before, after);
    if (pairs === undefined) continue;
    gains.push({
      configurationHash,
      judge,
      predicted: expectedGain,
      shortlisted: measuredGain,
      realised: mean(pairs.differences),
      examples: pairs.ids.length,
    });
  }
  return gains;
}
