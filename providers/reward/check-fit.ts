import type { FeatureSpec } from '../../core/reward/feature-spec';
import { contentHash, sha256 } from '../../core/system/canonical-json';
import type { Encoder } from '../encoder/encoder';
import { howToFitAnew, RewardError } from './reward-error';
import type { RewardManifest } from './reward-manifest';
import type { RewardData } from './train-reward';

/** @throws TypeError naming the pair whose weight or gap is not a positive number, or the comparison whose gap is not finite */
export function checkData(component: string, { pairs, comparisons }: RewardData): void {
  for (const [index, pair] of pairs.entries()) {
    for (const name of ['weight', 'gap'] as const) {
      if (!Number.isFinite(pair[name]) || pair[name] <= 0) {
        throw new TypeError(
          `component '${component}': pair ${index} of example '${pair.exampleId}' has the ${name} ${pair[name]}; it must be a positive number (preferencePairs makes such pairs)`,
        );
      }
    }
  }
  for (const [index, { exampleId, gap }] of comparisons.entries()) {
    if (!Number.isFinite(gap)) {
      throw new TypeError(
        `component '${component}': comparison ${index} of example '${exampleId}' has the gap ${gap}; it must be a finite number (comparisonsWithIncumbent makes such comparisons of finite scores)`,
      );
    }
  }
}

/** A reward as messages name it. */
export function rewardName({ component, version }: RewardManifest): string {
  return `reward of component '${component}' (version ${version})`;
}

/** @throws RewardError when `encoder` is not the one that the reward was trained with */
export function checkEncoder(manifest: RewardManifest, encoder: Encoder): void {
  const { identity, dimension } = manifest.encoder;
  if (identity !== encoder.identity || dimension !== encoder.dimension) {
    throw new RewardError(
      `${rewardName(manifest)}: it was trained with the encoder '${identity}' (${dimension} numbers), but this one is '${encoder.identity}' (${encoder.dimension} numbers)`,
      `use the same encoder or ${howToFitAnew}`,
    );
  }
}

/** @throws RewardError for bytes that are not the reward's own: numbers that nobody trained would count, or a member go on from them */
export function checkOwnBytes(
  manifest: RewardManifest,
  { artefact, state }: { artefact: Uint8Array; state?: Uint8Array },
): void {
  for (const [what, bytes, hash] of [
    ['artefact', artefact, manifest.artefactHash],
    ['training state', state, manifest.stateHash],
  ] as const) {
    if (bytes !== undefined && sha256(bytes) !== hash) {
      throw new RewardError(
        `${rewardName(manifest)}: the ${what} (${bytes.length} bytes) is damaged or not the manifest's: its hash is not ${hash}`,
        `restore a backup, or ${howToFitAnew}`,
      );
    }
  }
}

/** @throws RewardError when the component's fields are no longer those that the reward was trained with */
export function checkFields(manifest: RewardManifest, spec: FeatureSpec): void {
  if (contentHash(manifest.features) === contentHash(spec)) return;
  const named = ({ inputFields, outputFields }: Pick<FeatureSpec, 'inputFields' | 'outputFields'>): string =>
    `${inputFields.join(', ')} -> ${outputFields.join(', ')}`;
  throw new RewardError(
    `${rewardName(manifest)}: it was trained for the fields ${named(manifest.features)}, but the component now has ${named(spec)}`,
    howToFitAnew,
  );
}
