import { comparisonsWithIncumbent } from '../core/preference/comparison';
import { preferencePairs } from '../core/preference/preference-pairs';
import { downstreamInfluences } from '../core/system/downstream-influences';
import type { JsonObject } from '../core/system/json';
import { fitReward as fitHead } from '../providers/reward';
import type { RewardVersion } from '../storage';
import { runEncoder } from './calls/run-encoder';
import type { FitRewardInput, FitRewardResult } from './contracts';
import { decisionsBefore } from './decisions-before';
import type { ActivityDependencies } from './dependencies';
import { inActivity } from './in-activity';
import { markStale } from './mark-stale';
import { componentOf, openRun } from './open-run';

/** Beyond them a fit costs more and more as a run gets longer, and older ones were scored under other configurations. */
const enoughCandidates = 1_000;

/**
 * Fits a component's Local Reward Function on the preference pairs of its newest candidates, from nothing: version
 * `iteration + 1`, one per iteration. A second attempt finds the stored version and fits nothing; of two at once, the first to store decides.
 */
export function fitReward(dependencies: ActivityDependencies, input: FitRewardInput): Promise<FitRewardResult> {
  return inActivity(async ({ signal, progress }) => {
    const { stores } = dependencies;
    const run = await openRun(dependencies, input.runId);
    const version = input.iteration + 1;
    const record = async (reward: RewardVersion): Promise<FitRewardResult> => {
      const result = resultOf(reward);
      await stores.ledger.append(input.runId, [
        {
          key: `iteration/${input.iteration}/reward/${input.component}`,
          iteration: input.iteration,
          kind: 'reward',
          body: { component: input.component, ...result, artefact: reward.artefactSha256 ?? null },
        },
      ]);
      return result;
    };
    const existing = await stores.rewardVersions.get(input.runId, input.component, version);
    // The attempt that stored it may have been killed before it recorded that.
    if (existing !== undefined) return record(existing);

    const component = componentOf(run, input.component);
    const candidates = markStale(
      await stores.candidates.listRecent(input.runId, input.component, input.iteration, enoughCandidates),
      downstreamInfluences(run.resolved.system.wiring, input.component),
      await decisionsBefore(stores, input.runId, input.iteration),
    );
    const pairs = preferencePairs(candidates);
    const fitted = await fitHead({
      component: input.component,
      inputFields: Object.keys(component.input.shape),
      outputFields: Object.keys(component.output.shape),
      pairs,
      comparisons: comparisonsWithIncumbent(candidates),
      encoder: await runEncoder(dependencies, run.meter(input.limits), signal),
      seed: run.seed,
      signal,
      onProgress: ({ done }) => progress(Math.round(done * 100), 100),
    });
    const reward: RewardVersion =
      fitted.status === 'fitted'
        ? {
            runId: input.runId,
            component: input.component,
            version,
            artefactSha256: (await stores.blobs.put(fitted.artefact, 'application/onnx')).sha256,
            manifest: fitted.manifest as unknown as JsonObject,
            metrics: {
              status: 'fitted',
              trusted: fitted.trusted,
              alignment: fitted.alignment?.value ?? null,
              ci95: fitted.alignment?.ci95 ?? null,
              pairs: fitted.alignment?.pairs ?? 0,
              reason: fitted.reason,
            },
          }
        : {
            runId: input.runId,
            component: input.component,
            version,
            manifest: {},
            metrics: {
              status: fitted.status,
              trusted: false,
              alignment: null,
              ci95: null,
              pairs: pairs.filter(({ groundTruth, stale }) => !groundTruth && !stale).length,
              reason: fitted.reason,
            },
          };
    await stores.rewardVersions.put(reward);
    // Another attempt, on another machine perhaps, may have stored its own meanwhile: that one counts for all.
    return record((await stores.rewardVersions.get(input.runId, input.component, version)) ?? reward);
  });
}

function resultOf(reward: RewardVersion): FitRewardResult {
  return { version: reward.version, ...(reward.metrics as unknown as Omit<FitRewardResult, 'version'>) };
}
