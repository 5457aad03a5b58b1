import { hasPriceObjective, utility } from '../core/run/utility';
import type { ExamplePrice } from '../core/system/example-price';
import { mean } from '../core/validation/moments';
import type { Evaluation } from '../storage';
import type { ActivityDependencies } from './dependencies';
import { examplePrices, meanPrice } from './example-prices';
import { storedInput } from './open-run';

/** The validation sample of one iteration of a run. */
export interface ValidationPlace {
  runId: string;
  iteration: number;
}

/**
 * Scores by example id of one configuration on this iteration's validation examples: what is compared and tested. Where money
 * or latency are objectives, less what the example costs (`utility`).
 */
export async function validationScores(
  dependencies: ActivityDependencies,
  place: ValidationPlace,
  configurationHash: string,
  ids: readonly string[],
): Promise<Map<string, number>> {
  const { plan } = await storedInput(dependencies, place.runId);
  const measured = await measuredExamples(dependencies, place, configurationHash, ids);
  if (!hasPriceObjective(plan)) return new Map(measured.map(({ exampleId, score }) => [exampleId, score]));
  const prices = await examplePrices(dependencies.stores, measured);
  return new Map(
    measured.map(({ exampleId, score }) => [exampleId, utility(score, prices.get(exampleId) as ExamplePrice, plan)]),
  );
}

/** Mean score of one configuration on validation examples, and its mean price where that is an objective. */
export interface ValidationMeans {
  score: number;
  price: ExamplePrice | null;
}

/** What people are shown of a comparison. @throws RangeError where none of the examples was measured. */
export async function validationMeans(
  dependencies: ActivityDependencies,
  place: ValidationPlace,
  configurationHash: string,
  ids: readonly string[],
): Promise<ValidationMeans> {
  const { plan } = await storedInput(dependencies, place.runId);
  const measured = await measuredExamples(dependencies, place, configurationHash, ids);
  return {
    score: mean(measured.map(({ score }) => score)),
    price: hasPriceObjective(plan) ? meanPrice(await examplePrices(dependencies.stores, measured)) : null,
  };
}

async function measuredExamples(
  { stores }: ActivityDependencies,
  { runId, iteration }: ValidationPlace,
  configurationHash: string,
  ids: readonly string[],
): Promise<Evaluation[]> {
  const evaluations = await stores.evaluations.list({ runId, purpose: 'validation', iteration, configurationHash });
  const wanted = new Set(ids);
  return evaluations.filter((item) => wanted.has(item.exampleId));
}
