import { featureVersion } from '../../core/reward/feature-spec';
import type { JsonObject } from '../../core/system/json';
import { openReward, rewardManifestSchema, type CalibratedGain } from '../../providers/reward';
import type { RewardVersion, Stores } from '../../storage';
import { runEncoder } from '../calls/run-encoder';
import type { LocalStep, MeteredInput } from '../contracts';
import type { ActivityDependencies } from '../dependencies';
import { intactBlobs } from '../intact-blobs';
import type { OpenRun } from '../open-run';

/** Two outputs for the same inputs. */
export interface Comparison {
  inputs: JsonObject;
  incumbent: JsonObject;
  candidate: JsonObject;
}

/** A version that ranks proposals, and its artefact. */
export interface RankingReward {
  version: RewardVersion;
  artefact: Uint8Array;
}

/** A trusted LRF as the local step uses it. */
export interface GainEstimator {
  /** Expected gains in score with their standard errors, in order; an encoder at an endpoint is asked for all of them together. */
  gains(comparisons: readonly Comparison[]): Promise<CalibratedGain[]>;
  close(): Promise<void>;
}

/** Whether a version is to rank proposals: one that is not trusted, or was fitted before Optimas was upgraded, is not. */
export function ranks(version: RewardVersion): version is RewardVersion & { artefactSha256: string } {
  const { features } = version.manifest as { features?: { version?: number } };
  return (
    version.artefactSha256 !== undefined && version.metrics['trusted'] === true && features?.version === featureVersion
  );
}

/**
 * A component's newest version up to a number, where it ranks proposals; otherwise the global metric does, as where its artefact is
 * damaged, until the next fit.
 */
export async function rankingReward(
  stores: Pick<Stores, 'rewardVersions' | 'blobs'>,
  { runId, component, upTo }: { runId: string; component: string; upTo: number },
): Promise<RankingReward | undefined> {
  const version = await stores.rewardVersions.newest(runId, component, upTo);
  if (version === undefined || !ranks(version)) return undefined;
  const artefact = (await intactBlobs(stores, [version.artefactSha256]))?.get(version.artefactSha256);
  return artefact && { version, artefact };
}

/**
 * The component's LRF of this iteration; undefined where the global metric judges instead.
 *
 * @param signal ends calls of an encoder at an endpoint.
 */
export async function openLatestReward(
  dependencies: ActivityDependencies,
  run: OpenRun,
  { component, iteration, limits }: LocalStep & MeteredInput,
  signal: AbortSignal,
): Promise<GainEstimator | undefined> {
  const ranking = await rankingReward(dependencies.stores, { runId: run.runId, component, upTo: iteration + 1 });
  return ranking && openRankingReward(dependencies, run, { limits, ranking }, signal);
}

/** @param signal ends calls of an encoder at an endpoint. */
export async function openRankingReward(
  dependencies: ActivityDependencies,
  run: OpenRun,
  { ranking, limits }: Pick<MeteredInput, 'limits'> & { ranking: RankingReward },
  signal: AbortSignal,
): Promise<GainEstimator> {
  const manifest = rewardManifestSchema.parse(ranking.version.manifest);
  const encoder = await runEncoder(dependencies, run.meter(limits), signal);
  const reward = await openReward(ranking.artefact, manifest, encoder);
  return {
    gains: (comparisons) => reward.gains(comparisons, signal),
    close: () => reward.close(),
  };
}
