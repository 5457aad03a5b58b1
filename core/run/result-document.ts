import { z } from 'zod';

/** A mean in [0, 1] with its 95 % interval over n examples. */
const estimate = z.object({ mean: z.number(), ci95: z.tuple([z.number(), z.number()]), n: z.number().int() });

/** What an example costs the system in the mean, as if no call had come from the memo. */
const examplePrice = z.object({ usd: z.number(), seconds: z.number() });
const pricesBeforeAndAfter = z.object({ before: examplePrice, after: examplePrice });

const settingChange = z.object({
  component: z.string(),
  variable: z.string(),
  kind: z.enum(['instructions', 'demonstrations', 'hyperparameter', 'model']),
});

/** Where a candidate is from. */
const provenance = {
  changed: z.array(settingChange.omit({ component: true })),
  /** How it was proposed: `opro`, `reflection`, `grid` and so on. Absent in earlier documents, as is the note. */
  origin: z.string().optional(),
  /** What its proposer said of it. */
  note: z.string().nullable().optional(),
};

/** See `Certificate` in `core/validation/certificate.ts`. */
const certificate = z.object({
  delta: z.number(),
  /** Bounds that hold at once. */
  bounds: z.number().int(),
  /** What the dearest test example costs with `configuration`, in score: its price counts up to that. 0 where no price counts; absent in earlier documents. */
  dearest: z.number().optional(),
  /** No change at all can gain more, by the test examples; 1 where they were not measured. */
  headroom: z.number(),
  /** The largest of the components'. */
  epsilon: z.number(),
  /** Components with a choice that none of the plan's optimizers is for: they kept their settings, and nothing is said of them. */
  notTuned: z.array(z.string()),
  components: z.record(
    z.string(),
    z.object({
      epsilon: z.number(),
      /** Configuration hash of the candidate that sets it; null: none was measured, so that epsilon is the headroom. */
      candidate: z.string().nullable(),
      /** What it would be, had that candidate neither gained nor lost on any of its examples; null: none was measured. */
      epsilonWithoutGains: z.number().nullable(),
      /** No tried candidate gains more: epsilon where all were measured, else the headroom. Absent in earlier documents. */
      epsilonOfTried: z.number().optional(),
      /** Distinct settings of the component beside the final ones; the next three numbers add up to it. */
      tried: z.number().int(),
      /** By the global metric, against the final configuration. */
      measured: z.number().int(),
      rankedByRewardOnly: z.number().int(),
      /** Tried only under a configuration that was replaced later. */
      earlierOnly: z.number().int(),
      /** Those measured. */
      candidates: z.array(
        z.object({
          configurationHash: z.string(),
          ...provenance,
          /** The first that measured it against the final configuration. Absent in earlier documents. */
          iteration: z.number().int().optional(),
          examples: z.number().int(),
          meanGain: z.number(),
          /** Its true gain is at most this. */
          bound: z.number(),
        }),
      ),
      /** The others that were tried. Absent in earlier documents. */
      unmeasured: z
        .array(
          z.object({
            ...provenance,
            /** The latest that proposed it. */
            iteration: z.number().int(),
            /** Hash of the component's settings. */
            settings: z.string(),
            why: z.enum(['ranked-by-reward', 'earlier-configuration']),
          }),
        )
        .optional(),
    }),
  ),
});

/**
 * The document that `optimas run --json FILE` writes and `optimas show --json` prints: one per run, versioned.
 * `null` stands for what was not measured, such as the test scores of a run that was cancelled with `--now`.
 */
export const resultDocumentSchema = z.object({
  schemaVersion: z.literal(1),
  runId: z.string(),
  system: z.string(),
  seed: z.number().int(),
  status: z.enum(['completed', 'budget-exhausted', 'cancelled']),
  reason: z.string(),
  baseline: z.object({ validation: estimate.nullable(), test: estimate.nullable() }),
  final: z.object({
    validation: estimate.nullable(),
    test: estimate.nullable(),
    /** Final minus baseline on test examples, paired by example; p is two-sided. */
    gain: z.object({ mean: z.number(), ci95: z.tuple([z.number(), z.number()]), p: z.number() }).nullable(),
  }),
  /** What money and latency were worth beside the score; only where they are objectives. */
  objectives: z
    .object({
      scorePerUsd: z.number(),
      scorePerSecond: z.number(),
      /** Of test examples. */
      prices: pricesBeforeAndAfter.nullable(),
    })
    .optional(),
  iterations: z.array(
    z.object({
      iteration: z.number().int(),
      component: z.string(),
      /** The component that was changed together with it, in a joint move. */
      partner: z.string().optional(),
      /** The other components of a simultaneous step. */
      others: z.array(z.string()).optional(),
      accepted: z.boolean(),
      reason: z.string(),
      changed: z.array(settingChange),
      /** Mean validation scores of incumbent and best finalist on the same examples. */
      before: z.number().nullable(),
      after: z.number().nullable(),
      /** What was tested; the gain in score where neither money nor latency is an objective. Absent in earlier documents. */
      gain: z.number().nullable().optional(),
      /** One-sided, adjusted for looks and finalists; accepted at the iteration's share of alpha, not at alpha. */
      p: z.number().nullable(),
      /** The iteration's share of alpha. Absent in earlier documents, as are the next three. */
      level: z.number().optional(),
      /** Of the gain, for all looks and finalists at once; null where nothing was validated, or gains have no bounds. */
      ci95: z.tuple([z.number(), z.number()]).nullable().optional(),
      /** The look at which validation ended, from 0, and the examples that it had measured. */
      look: z.number().int().nullable().optional(),
      examples: z.number().int().optional(),
      /** Only where money or latency are objectives. */
      prices: pricesBeforeAndAfter.optional(),
    }),
  ),
  rewards: z.record(
    z.string(),
    z.object({
      alignment: z.number().nullable(),
      ci95: z.tuple([z.number(), z.number()]).nullable(),
      pairs: z.number().int(),
      version: z.number().int(),
      trusted: z.boolean(),
    }),
  ),
  /**
   * How often a local gain was no global one: of the validated candidates that a trusted Local Reward Function expected to gain,
   * those that did not score better than the incumbent. Absent in documents of earlier versions.
   */
  localToGlobal: z
    .object({
      candidates: z.number().int(),
      failed: z.number().int(),
      failureRate: z.object({ value: z.number(), ci95: z.tuple([z.number(), z.number()]) }).nullable(),
      /** Mean of predicted less realised gain. */
      meanExcess: z.number().nullable(),
    })
    .optional(),
  /**
   * Component-wise maximum: with probability 1 - delta no measured candidate for one component improves `configuration` by more than
   * epsilon, in score, or in score less price where `objectives` says so. Absent where those are to count and the final
   * configuration was not tested, and in documents of earlier versions.
   */
  certificate: certificate.optional(),
  cost: z.object({
    /** Component calls made, in whole system runs. */
    systemRuns: z.number(),
    componentCalls: z.number().int(),
    memoHits: z.number().int(),
    /** Model calls made, embeddings among them, as limits count them. */
    llmCalls: z.number().int(),
    promptTokens: z.number().int(),
    completionTokens: z.number().int(),
    usd: z.number(),
    wallClockMs: z.number(),
  }),
  configuration: z.record(z.string(), z.record(z.string(), z.json())),
});

export type ResultDocument = z.infer<typeof resultDocumentSchema>;
