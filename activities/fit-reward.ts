import { comparisonsWithIncumbent } from '../core/preference/comparison';
import { markStale } from '../core/preference/mark-stale';
import { judges } from '../core/preference/preference-pair';
import { preferencePairs } from '../core/preference/preference-pairs';
import { downstreamInfluences } from '../core/system/downstream-influences';
import type { JsonObject } from '../core/system/json';
import type { RewardVersion } from '../storage';
import { runEncoder } from './calls/run-encoder';
import type { RewardData } from '../providers/reward';
import type { FitRewardInput, FitRewardResult, RewardUpdate } from './contracts';
import { decisionsBefore } from './decisions-before';
import type { ActivityDependencies } from './dependencies';
import { inActivity } from './in-activity';
import { componentOf, openRun } from './open-run';
import { trainReward } from './train-reward';

/** Beyond them a fit costs more and more as a run gets longer, and older ones were scored under other configurations. */
const enoughCandidates = 1_000;

/**
 * Fits or adapts a component's Local Reward Function to the preference data of its newest candidates: version
 * `iteration + 1`, one per iteration. A second attempt finds the stored version and trains nothing; of two at once, the first to store decides.
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
          body: {
            component: input.component,
            ...result,
            update: { ...result.update },
            artefact: reward.artefactSha256 ?? null,
          },
        },
      ]);
      return result;
    };
    const existing = await stores.rewardVersions.get(input.runId, input.component, version);
    // The attempt that stored it may have been killed before it recorded that.
    if (existing !== undefined) return record(existing);

    const candidates = markStale(
      await stores.candidates.listRecent(input.runId, input.component, input.iteration, enoughCandidates),
      downstreamInfluences(run.resolved.system.wiring, input.component),
      await decisionsBefore(stores, input.runId, input.iteration),
    );
    const previous = await stores.rewardVersions.newest(input.runId, input.component, version - 1);
    const judgedFrom = (previous?.metrics['update'] as unknown as RewardUpdate | undefined)?.judgedFrom ?? -1;
    const dataFrom = (iteration: number): RewardData => {
      const marked = candidates.map((item) => (item.iteration < iteration ? { ...item, stale: true } : item));
      return { pairs: preferencePairs(marked), comparisons: comparisonsWithIncumbent(marked) };
    };
    const data = dataFrom(judgedFrom);
    const trained = await trainReward({
      stores,
      component: componentOf(run, input.component),
      encoder: await runEncoder(dependencies, run.meter(input.limits), signal),
      seed: run.seed,
      data,
      dataFrom,
      judgedFrom,
      previous,
      signal,
      onProgress: (done) => progress(Math.round(done * 100), 100),
    });
    const reward: RewardVersion = {
      runId: input.runId,
      component: input.component,
      version,
      ...(trained.status === 'fitted'
        ? { artefactSha256: trained.artefactSha256, manifest: trained.manifest as unknown as JsonObject }
        : { manifest: {} }),
      metrics: {
        status: trained.status,
        ...(trained.status === 'fitted'
          ? judgement(trained.manifest)
          : {
              trusted: false,
              alignment: null,
              ci95: null,
              pairs: data.pairs.filter(judges).length,
            }),
        reason: trained.reason,
        update: { ...trained.update },
      },
    };
    await stores.rewardVersions.put(reward);
    // Another attempt, on another machine perhaps, may have stored its own meanwhile: that one counts for all.
    return record((await stores.rewardVersions.get(input.runId, input.component, version)) ?? reward);
  });
}

function judgement({
  trusted,
  alignment,
}: {
  trusted: boolean;
  alignment: { value: number; ci95: [number, number]; pairs: number } | null;
}) {
  return {
    trusted,
    alignment: alignment?.value ?? null,
    ci95: alignment?.ci95 ?? null,
    pairs: alignment?.pairs ?? 0,
  };
}

function resultOf(reward: RewardVersion): FitRewardResult {
  return { version: reward.version, ...(reward.metrics as unknown as Omit<FitRewardResult, 'version'>) };
}
