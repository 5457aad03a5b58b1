import { InferenceSession, Tensor } from 'onnxruntime-node';
import { buildFeatures, featureTexts } from '../../core/reward/build-features';
import type { FeatureSpec } from '../../core/reward/feature-spec';
import type { Encoder } from '../../providers/encoder';
import type { RewardItem } from '../../providers/reward';
import { embedTexts } from '../../providers/reward/embed-texts';

/** What the artefact's graph is given for some items: raw features `[items, dimension]`. */
export async function featuresOf(
  spec: FeatureSpec,
  encoder: Encoder,
  items: readonly RewardItem[],
): Promise<Float32Array> {
  const texts = items.flatMap((item) => featureTexts(spec, item));
  return buildFeatures(spec, items, await embedTexts(encoder, texts));
}

/** What an artefact gives for raw features `[rows, dimension]`, by nothing but ONNX Runtime: `reward [rows]`, `rewards [rows, members]`. */
export async function scoredByOnnxRuntime(
  artefact: Uint8Array,
  features: Float32Array,
  rows: number,
): Promise<{ reward: Float32Array; rewards: Float32Array }> {
  const session = await InferenceSession.create(artefact, { intraOpNumThreads: 1 });
  const result = await session.run({ features: new Tensor('float32', features, [rows, features.length / rows]) });
  await session.release();
  const numbers = (name: string): Float32Array => (result[name] as Tensor).data as Float32Array;
  return { reward: numbers('reward'), rewards: numbers('rewards') };
}
