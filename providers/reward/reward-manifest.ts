import { z } from 'zod';
import { featureVersion } from '../../core/reward/feature-spec';

const alignmentSchema = z.object({
  value: z.number(),
  ci95: z.tuple([z.number(), z.number()]),
  aboveChance: z.number(),
  pairs: z.number().int(),
  inputs: z.number().int(),
});

/** A head's kind and how it is trained. */
export const headSchema = z.object({
  kind: z.enum(['linear', 'mlp']),
  hidden: z.number().int(),
  learningRate: z.number(),
  weightDecay: z.number(),
  embeddingShare: z.number(),
  // Earlier heads had no choice.
  wordsShare: z.number().default(8),
});

/** What belongs to one reward artefact: stored beside the `.onnx` file and checked whenever it is opened. */
export const rewardManifestSchema = z.object({
  schemaVersion: z.literal(2),
  component: z.string(),
  /** Content hash of the artefact and what it was trained from; names this version of the reward. */
  version: z.string(),
  features: z.object({
    version: z.literal(featureVersion),
    inputFields: z.array(z.string()),
    outputFields: z.array(z.string()),
    embeddingDimension: z.number().int().positive(),
    blocks: z.array(
      z.object({
        name: z.string(),
        kind: z.enum(['embedding', 'words', 'surface']),
        offset: z.number().int(),
        length: z.number().int(),
      }),
    ),
    dimension: z.number().int().positive(),
  }),
  encoder: z.object({ identity: z.string(), dimension: z.number().int().positive() }),
  /** The heads whose mean is the reward, each chosen on held-out inputs of its own. */
  members: z.array(headSchema.extend({ steps: z.number().int() })).min(1),
  seed: z.number().int(),
  /** SHA-256 of the `.onnx` bytes. */
  artefactHash: z.string(),
  /** SHA-256 of the training state's bytes. */
  stateHash: z.string(),
  /** Content hash of the preference data. */
  trainingDataHash: z.string(),
  /** Inputs with pairs that the last fit from nothing saw. */
  fittedInputs: z.number().int(),
  /** Held-out alignment of that fit: what fresh pairs are compared with, so that slow drift shows too. */
  fittedAlignment: alignmentSchema.nullable(),
  /** On held-out pairs that are neither stale nor with the ground truth; null: there were none. */
  alignment: alignmentSchema.nullable(),
  trusted: z.boolean(),
  /** From reward differences to gains in the metric's units, fitted out of sample. */
  calibration: z.object({
    method: z.enum(['isotonic', 'platt', 'none']),
    knots: z.array(z.tuple([z.number(), z.number()])).min(1),
    error: z.number(),
    comparisons: z.number().int(),
    inputs: z.number().int(),
  }),
  /** Mean weighted loss of all pairs on inputs that the head never saw; log 2 = 0.693 is chance. */
  heldOutLoss: z.number(),
});

export type RewardManifest = z.infer<typeof rewardManifestSchema>;
