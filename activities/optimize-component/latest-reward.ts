import type { JsonObject } from '../../core/system/json';
import { openReward, rewardManifestSchema, type CalibratedGain } from '../../providers/reward';
import type { LocalStep } from '../contracts';
import type { ActivityDependencies } from '../dependencies';
import type { OpenRun } from '../open-run';

/** A trusted LRF as the local step uses it. */
export interface GainEstimator {
  /** Expected gain in score of `candidate` over `incumbent`, two outputs for the same inputs. */
  gain(inputs: JsonObject, incumbent: JsonObject, candidate: JsonObject): Promise<number>;
  close(): Promise<void>;
}

/** The component's LRF of this iteration; undefined where it is not trusted, so that the global metric judges instead. */
export async function openLatestReward(
  { stores, encoder }: ActivityDependencies,
  run: OpenRun,
  { component, iteration }: LocalStep,
): Promise<GainEstimator | undefined> {
  const version = await stores.rewardVersions.newest(run.runId, component, iteration + 1);
  if (version?.artefactSha256 === undefined || version.metrics['trusted'] !== true) return undefined;
  const manifest = rewardManifestSchema.parse(version.manifest);
  const reward = await openReward(await stores.blobs.get(version.artefactSha256), manifest, await encoder());
  return {
    async gain(inputs, incumbent, candidate) {
      const [estimate] = await reward.gains([{ inputs, incumbent, candidate }]);
      return (estimate as CalibratedGain).gain;
    },
    close: () => reward.close(),
  };
}
