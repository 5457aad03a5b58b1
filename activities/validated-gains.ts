import { pairOnShared } from '../core/validation/scores-by-example';
import { mean } from '../core/validation/moments';
import type { DecideInput, Judge } from './contracts';
import type { ActivityDependencies } from './dependencies';
import { proposalsRecords } from './optimize-component/proposals-record';
import type { OpenRun } from './open-run';
import { validationScores } from './validation-scores';

/** What was predicted of a candidate that went to validation, and what came of it; gains in score over the incumbent. */
export interface ValidatedGain {
  configurationHash: string;
  /** `reward`: a trusted Local Reward Function predicted it. `metric`: rollouts of the system did. Null: an earlier Optimas did not record it. */
  judge: Judge | null;
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
  const { runId, iteration } = input;
  const records = await proposalsRecords(stores, runId, { iteration });
  const proposals = records.flatMap((record) => record.proposals);
  const before = await validationScores(dependencies, run, iteration, input.incumbent, ids);
  const gains: ValidatedGain[] = [];
  for (const proposal of proposals.filter(({ finalist }) => finalist)) {
    const { configurationHash, judge, expectedGain, measuredGain } = proposal;
    const after = await validationScores(dependencies, run, iteration, configurationHash, ids);
    const pairs = pairOnShared(before, after);
    if (pairs === undefined) continue;
    gains.push({
      configurationHash,
      judge: judge ?? null,
      predicted: expectedGain,
      shortlisted: measuredGain,
      realised: mean(pairs.differences),
      examples: pairs.ids.length,
    });
  }
  return gains;
}
