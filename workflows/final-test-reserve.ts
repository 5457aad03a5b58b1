import type { ExampleCost } from '../activities/contracts';
import type { CarriedState, OptimizationInput } from './run-input';

/**
 * What the final test may cost: baseline and incumbent on test examples, the incumbent on validation examples, and the
 * calls that are in flight when a limit is noticed.
 */
export function finalTestReserve(
  { plan, fanOut, chunkSize }: OptimizationInput,
  { counts, baselineCost }: Pick<CarriedState, 'counts' | 'baselineCost'>,
  incumbentCost: ExampleCost,
): ExampleCost {
  const test = Math.min(counts.test, plan.testExamples);
  const validation = Math.min(counts.validation, plan.validationExamples);
  const inFlight = Math.min(fanOut * chunkSize, test);
  const total = (of: (cost: ExampleCost) => number): number =>
    test * of(baselineCost) +
    (test + validation) * of(incumbentCost) +
    inFlight * Math.max(of(baselineCost), of(incumbentCost));
  return {
    calls: Math.ceil(total((cost) => cost.calls)),
    tokens: Math.ceil(total((cost) => cost.tokens)),
    usd: total((cost) => cost.usd),
    wallClockMs: total((cost) => cost.wallClockMs) / fanOut,
  };
}
