import type { PreferencePair } from '../../core/preference/preference-pair';
import type { Encoder } from '../encoder/encoder';
import { RewardError } from './reward-error';
import type { RewardManifest } from './reward-manifest';

/** @throws TypeError naming the pair whose weight or gap is not a positive number */
export function checkPairs(component: string, pairs: readonly PreferencePair[]): void {
  for (const [index, pair] of pairs.entries()) {
    for (const name of ['weight', 'gap'] as const) {
      if (!Number.isFinite(pair[name]) || pair[name] <= 0) {
        throw new TypeError(
          `component '${component}': pair ${index} of example '${pair.exampleId}' has the ${name} ${pair[name]}; it must be a positive number (preferencePairs makes such pairs)`,
        );
      }
    }
  }
}

/** @throws RewardError when `encoder` is not the one that the reward was trained with */
export function checkEncoder(manifest: RewardManifest, encoder: Encoder): void {
  const { identity, dimension } = manifest.encoder;
  if (identity !== encoder.identity || dimension !== encoder.dimension) {
    throw new RewardError(
      `reward of component '${manifest.component}' (version ${manifest.version}): it was trained with the encoder '${identity}' (${dimension} numbers), but this one is '${encoder.identity}' (${encoder.dimension} numbers); use the same encoder or fit the reward anew`,
    );
  }
}
