import { featureVersion } from '../../core/reward/feature-spec';
import type { JsonObject } from '../../core/system/json';
import { openReward, rewardManifestSchema, type CalibratedGain } from '../../providers/reward';
import type { RewardVersion } from '../../storage';
import { runEncoder } from '../calls/run-encoder';
import type { LocalStep, MeteredInput } from '../contracts';
import type { ActivityDependencies } from '../dependencies';
import type { OpenRun } from '../open-run';

/** Two outputs for the same inputs. */
export interface Comparison {
  inputs: JsonObject;
  incumbent: JsonObject;
  candidate: JsonObject;
}

type TrainedVersion = Required<Pick<RewardVersion, 'artefactSha256'>>;

/** A trusted LRF as the local step uses it. */
export interface GainEstimator {
  /** Expected gains in score with their standard errors, in order; an encoder at an endpoint is asked for all of them together. */
  gains(comparisons: readonly Comparison[]): Promise<CalibratedGain[]>;
  close(): Promise<void>;
}

/** Whether a component's newest version ranks proposals; otherwise the global metric does. */
export function judgesProposals(version: RewardVersion | undefined): version is RewardVersion & TrainedVersion {
  if (version?.artefactSha256 === undefined || version.metrics['trusted'] !== true) return false;
  const { features } = version.manifest as { features?: { version?: number } };
  // Fitted before Optimas was upgraded: until the next fit the metric judges.
  return features?.version === featureVersion;
}

/**
 * The component's LRF of this iteration; undefined where it is not trusted, so that the global metric judges instead.
 *
 * @param signal ends calls of an encoder at an endpoint.
 */
export async function openLatestReward(
  dependencies: ActivityDependencies,
  run: OpenRun,
  { component, iteration, limits }: LocalStep & MeteredInput,
  signal: AbortSignal,
): Promise<GainEstimator | undefined> {
  const { stores } = dependencies;
  const version = await stores.rewardVersions.newest(run.runId, component, iteration + 1);
  if (!judgesProposals(version)) return undefined;
  const manifest = rewardManifestSchema.parse(version.manifest);
  const encoder = await runEncoder(dependencies, run.meter(limits), signal);
  const reward = await openReward(await stores.blobs.get(version.artefactSha256), manifest, encoder);
  return {
    gains: (comparisons) => reward.gains(comparisons, signal),
    close: () => reward.close(),
  };
}
