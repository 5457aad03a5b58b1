import { InferenceSession, Tensor } from 'onnxruntime-node';
import { buildFeatures, featureTexts } from '../../core/reward/build-features';
import { sha256 } from '../../core/system/canonical-json';
import type { Encoder } from '../encoder/encoder';
import { checkEncoder } from './check-fit';
import { embedTexts } from './embed-texts';
import { RewardError } from './reward-error';
import { rewardManifestSchema, type RewardManifest } from './reward-manifest';
import type { RewardItem, RewardModel } from './reward-model';

/** Items scored between two looks at the signal; bounds the memory for features. */
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
    );
  }
  const name = `reward of component '${manifest.component}' (version ${manifest.version})`;
  checkEncoder(manifest, encoder);
  const session = await openSession(name, artefact, manifest);
  return {
    version: manifest.version,
    score: (items, signal) => score(name, session, manifest, encoder, items, signal),
    close: () => session.release(),
  };
}

async function openSession(name: string, artefact: Uint8Array, manifest: RewardManifest): Promise<InferenceSession> {
  if (sha256(artefact) !== manifest.artefactHash) {
    throw new RewardError(
      `${name}: the artefact (${artefact.length} bytes) is damaged or not the manifest's: its hash is not ${manifest.artefactHash}; restore it or fit the reward anew`,
    );
  }
  try {
    return await InferenceSession.create(artefact, { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 });
  } catch (cause) {
    throw new RewardError(
      `${name}: the artefact is not an ONNX model that can be opened (${(cause as Error).message})`,
      { cause },
    );
  }
}

async function score(
  name: string,
  session: InferenceSession,
  manifest: RewardManifest,
  encoder: Encoder,
  items: readonly RewardItem[],
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const spec = manifest.features;
  const rewards: number[] = [];
  for (let start = 0; start < items.length; start += chunk) {
    const part = items.slice(start, start + chunk);
    const texts = part.flatMap((item) => featureTexts(spec, item));
    const features = buildFeatures(spec, part, await embedTexts(encoder, texts, { signal }));
    const result = await session.run({ features: new Tensor('float32', features, [part.length, spec.dimension]) });
    for (const reward of (result.reward as Tensor).data as Float32Array) {
      if (!Number.isFinite(reward))
        throw new RewardError(`${name}: item ${rewards.length} has the reward ${reward}; fit the reward anew`);
      rewards.push(reward);
    }
  }
  return rewards;
}
