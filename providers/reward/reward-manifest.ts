import { z } from 'zod';

const alignmentSchema = z.object({
  value: z.number(),
  ci95: z.tuple([z.number(), z.number()]),
  /** Absent in manifests of earlier versions. */
  aboveChance: z.number().optional(),
  pairs: z.number().int(),
  inputs: z.number().int(),
});

/** What belongs to one reward artefact: stored beside the `.onnx` file and checked whenever it is opened. */
export const rewardManifestSchema = z.object({
  schemaVersion: z.literal(1),
  component: z.string(),
  /** Content hash of the artefact and what it was trained from; names this version of the reward. */
  version: z.string(),
  features: z.object({
    version: z.literal(2),
    inputFields: z.array(z.string()),
    outputFields: z.array(z.string()),
    embeddingDimension: z.number().int().positive(),
    blocks: z.array(
      z.object({
        name: z.string(),
        kind: z.enum(['embedding', 'surface']),
        offset: z.number().int(),
        length: z.number().int(),
      }),
    ),
    dimension: z.number().int().positive(),
  }),
  encoder: z.object({ identity: z.string(), dimension: z.number().int().positive() }),
  head: z.object({
    kind: z.enum(['linear', 'mlp']),
    hidden: z.number().int(),
    learningRate: z.number(),
    weightDecay: z.number(),
    embeddingShare: z.number(),
    steps: z.number().int(),
  }),
  seed: z.number().int(),
  /** SHA-256 of the `.onnx` bytes. */
  artefactHash: z.string(),
  /** Content hash of the training pairs. */
  trainingDataHash: z.string(),
  /** On held-out pairs that are neither stale nor with the ground truth; null: there were none. */
  alignment: alignmentSchema.nullable(),
  trusted: z.boolean(),
  /** Expected gain in the metric's units per unit of reward difference on one input, estimated out of fold. */
  gainPerReward: z.number(),
  /** Mean weighted loss of all pairs on inputs that the head never saw; log 2 = 0.693 is chance. */
  heldOutLoss: z.number(),
});

export type RewardManifest = z.infer<typeof rewardManifestSchema>;
