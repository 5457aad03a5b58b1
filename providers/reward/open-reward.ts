import { InferenceSession, Tensor } from 'onnxruntime-node';
import { buildFeatures, featureTexts } from '../../core/reward/build-features';
import { calibratedGain } from '../../core/reward/gain-calibration';
import { canonicalJson } from '../../core/system/canonical-json';
import { mean, sampleVariance } from '../../core/validation/moments';
import type { Encoder } from '../encoder/encoder';
import { outOfResources } from '../out-of-resources';
import { checkEncoder, checkOwnBytes, rewardName } from './check-fit';
import { embedTexts } from './embed-texts';
import { howToFitAnew, RewardError } from './reward-error';
import { rewardManifestSchema, type RewardManifest } from './reward-manifest';
import type { CalibratedGain, GainItem, RewardItem, RewardModel } from './reward-model';
import { rowsPerCall } from './scoring-graph';

/** Items encoded together between two looks at the signal; bounds the memory for features. */
const chunk = 256;

/**
 * Opens a fitted reward for scoring.
 *
 * @throws RewardError for a manifest of another shape, another encoder than at training, or a damaged artefact.
 */
export async function openReward(
  artefact: Uint8Array,
  manifest: RewardManifest,
  encoder: Encoder,
): Promise<RewardModel> {
  const checked = rewardManifestSchema.safeParse(manifest);
  if (!checked.success) {
    throw new RewardError(
      `reward manifest: ${checked.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`,
      `give one that this version of Optimas wrote, or ${howToFitAnew}`,
    );
  }
  const name = rewardName(manifest);
  checkEncoder(manifest, encoder);
  const session = await openSession(name, artefact, manifest);
  const opened: OpenedReward = { name, session, manifest, encoder };
  return {
    version: manifest.version,
    score: async (items, signal) => (await memberRewards(opened, items, signal)).map((rewards) => mean(rewards)),
    gains: (items, signal) => gains(opened, items, signal),
    close: () => session.release(),
  };
}

async function openSession(name: string, artefact: Uint8Array, manifest: RewardManifest): Promise<InferenceSession> {
  checkOwnBytes(manifest, { artefact });
  try {
    return await InferenceSession.create(artefact, { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 });
  } catch (cause) {
    throw (
      outOfResources(name, cause) ??
      new RewardError(
        `${name}: the artefact is not an ONNX model that can be opened (${(cause as Error).message})`,
        howToFitAnew,
        { cause },
      )
    );
  }
}

interface OpenedReward {
  name: string;
  session: InferenceSession;
  manifest: RewardManifest;
  encoder: Encoder;
}

async function gains(
  opened: OpenedReward,
  items: readonly GainItem[],
  signal: AbortSignal | undefined,
): Promise<CalibratedGain[]> {
  const rewards = await memberRewards(
    opened,
    items.flatMap(({ inputs, incumbent, candidate }) => [
      { inputs, outputs: incumbent },
      { inputs, outputs: candidate },
    ]),
    signal,
  );
  const { calibration } = opened.manifest;
  return items.map(({ incumbent, candidate }, index) => {
    if (canonicalJson(incumbent) === canonicalJson(candidate)) return { gain: 0, standardError: 0 };
    const [before, after] = [rewards[2 * index] as number[], rewards[2 * index + 1] as number[]];
    const differences = after.map((reward, member) => reward - (before[member] as number));
    const byMember = differences.map((difference) => calibratedGain(calibration, difference));
    return {
      gain: calibratedGain(calibration, mean(differences)),
      standardError: byMember.length < 2 ? 0 : Math.sqrt(sampleVariance(byMember) / byMember.length),
    };
  });
}

/** Rewards by item and member. */
async function memberRewards(
  { name, session, manifest, encoder }: OpenedReward,
  items: readonly RewardItem[],
  signal: AbortSignal | undefined,
): Promise<number[][]> {
  const spec = manifest.features;
  const members = manifest.members.length;
  const rewards: number[][] = [];
  for (let start = 0; start < items.length; start += chunk) {
    const part = items.slice(start, start + chunk);
    const texts = part.flatMap((item) => featureTexts(spec, item));
    const features = buildFeatures(spec, part, await embedTexts(encoder, texts, { signal }));
    for (let from = 0; from < part.length; from += rowsPerCall) {
      const to = Math.min(part.length, from + rowsPerCall);
      const rows = features.subarray(from * spec.dimension, to * spec.dimension);
      const result = await session.run({ features: new Tensor('float32', rows, [to - from, spec.dimension]) });
      const values = (result.rewards as Tensor).data as Float32Array;
      for (let row = 0; row < to - from; row++) {
        const own = Array.from(values.subarray(row * members, (row + 1) * members));
        if (!own.every(Number.isFinite))
          throw new RewardError(`${name}: item ${rewards.length} has the rewards ${own.join(', ')}`, howToFitAnew);
        rewards.push(own);
      }
    }
  }
  return rewards;
}
