import { standardise } from '../../core/reward/standardisation';
import { headParameters, partedParameters } from './head';
import type { HeadTrainer } from './head-trainer';
import type { Member, TrainingRequest } from './training-request';

/** Writes the rewards of the candidates in a member's own fold, which it never saw, to their places in `into [rows]`. */
export async function heldOutRewards(
  { spec, features, rowFolds }: TrainingRequest,
  { fold, head, standardisation, parameters }: Member,
  trainer: HeadTrainer,
  into: Float32Array,
): Promise<void> {
  const rows = [...rowFolds.keys()].filter((row) => rowFolds[row] === fold);
  const parts = partedParameters(headParameters(head, spec.dimension), parameters);
  const rewards = await trainer.rewards(standardise(features, rows, standardisation), parts);
  for (const [index, row] of rows.entries()) into[row] = rewards[index] as number;
}
