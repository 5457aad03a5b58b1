import { z } from 'zod';
import type { InputFolds } from '../../core/reward/input-folds';
import { howToFitAnew, RewardError } from './reward-error';
import { headSchema } from './reward-manifest';
import type { Member } from './training-request';

/** What a reward needs to be adapted later, beside its artefact: a blob of its own. */
export interface RewardState {
  /** Inputs that each member has not seen. */
  folds: InputFolds;
  members: Member[];
}

const vectorSchema = z.string().transform((text) => {
  const bytes = Buffer.from(text, 'base64');
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
});

const stateSchema = z.object({
  schemaVersion: z.literal(1),
  folds: z.record(z.string(), z.number().int()),
  members: z
    .array(
      z.object({
        fold: z.number().int(),
        head: headSchema,
        mean: vectorSchema,
        scale: vectorSchema,
        parameters: vectorSchema,
        firstMoment: vectorSchema,
        secondMoment: vectorSchema,
        steps: z.number().int(),
      }),
    )
    .min(1),
});

export function encodeRewardState({ folds, members }: RewardState): Uint8Array {
  const text = (values: Float32Array): string =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
  const document = {
    schemaVersion: 1,
    folds,
    members: members.map(({ fold, head, standardisation, parameters, firstMoment, secondMoment, steps }) => ({
      fold,
      head,
      mean: text(standardisation.mean),
      scale: text(standardisation.scale),
      parameters: text(parameters),
      firstMoment: text(firstMoment),
      secondMoment: text(secondMoment),
      steps,
    })),
  };
  return new TextEncoder().encode(JSON.stringify(document));
}

/** @throws RewardError for bytes that are no state */
export function decodeRewardState(name: string, bytes: Uint8Array): RewardState {
  try {
    const { folds, members } = stateSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    return {
      folds,
      members: members.map(({ mean, scale, ...member }) => ({ ...member, standardisation: { mean, scale } })),
    };
  } catch (cause) {
    throw new RewardError(`${name}: its training state (${bytes.length} bytes) is damaged`, howToFitAnew, { cause });
  }
}
