import { hasPriceObjective, utility } from '../core/run/utility';
import type { ExamplePrice } from '../core/system/example-price';
import { mean } from '../core/validation/moments';
import type { ActivityDependencies } from './dependencies';
import { examplePrices, meanPrice } from './example-prices';
import { exampleSample } from './example-samples';
import type { OpenRun } from './open-run';

type ValidatedRun = Pick<OpenRun, 'runId' | 'plan'>;

/** Ids of an iteration's validation sample, in the order in which it is measured. */
export function validationIds(
  { resolved, seed }: Pick<OpenRun, 'resolved' | 'seed'>,
  { iteration, count }: { iteration: number; count: number },
): string[] {
  const sample = { split: 'validation', purpose: 'validation', iteration, count } as const;
  return exampleSample(resolved, seed, sample).map(({ id }) => id);
}

/** A validation example as it was measured. */
export interface ValidatedExample {
  score: number;
  /** Null where neither money nor latency is an objective. */
  price: ExamplePrice | null;
  /** What is compared and tested: the score, less what the example costs where that is an objective (`utility`). */
  utility: number;
}

/** One configuration on this iteration's validation examples, by example id: all that were measured, or some. */
export async function validatedExamples(
  { stores }: Pick<ActivityDependencies, 'stores'>,
  { runId, plan }: ValidatedRun,
  iteration: number,
  configurationHash: string,
  ids?: readonly string[],
): Promise<Map<string, ValidatedExample>> {
  const wanted = ids === undefined ? null : new Set(ids);
  const measured = (
    await stores.evaluations.list({ runId, purpose: 'validation', iteration, configurationHash })
  ).filter(({ exampleId }) => wanted?.has(exampleId) ?? true);
  const prices = hasPriceObjective(plan) ? await examplePrices(stores, measured) : undefined;
  return new Map(
    measured.map(({ exampleId, score }) => {
      const price = prices?.get(exampleId) ?? null;
      return [exampleId, { score, price, utility: price === null ? score : utility(score, price, plan) }];
    }),
  );
}

/** What is compared and tested of examples, by example id. */
export function utilities(examples: ReadonlyMap<string, ValidatedExample>): Map<string, number> {
  return new Map([...examples].map(([id, example]) => [id, example.utility]));
}

/** What is compared and tested of one configuration on this iteration's validation examples, by example id. */
export async function validationScores(
  dependencies: ActivityDependencies,
  run: ValidatedRun,
  iteration: number,
  configurationHash: string,
  ids: readonly string[],
): Promise<Map<string, number>> {
  return utilities(await validatedExamples(dependencies, run, iteration, configurationHash, ids));
}

/** What people are shown of a comparison: mean score, and mean price where that is an objective. @throws RangeError for no examples. */
export function validationMeans(examples: ReadonlyMap<string, ValidatedExample>): {
  score: number;
  price: ExamplePrice | null;
} {
  const prices = new Map([...examples].flatMap(([id, { price }]) => (price === null ? [] : [[id, price] as const])));
  return {
    score: mean([...examples.values()].map(({ score }) => score)),
    price: prices.size === 0 ? null : meanPrice(prices),
  };
}
