import { decideAcceptance } from '../core/validation/acceptance';
import { drawSeed } from '../core/system/draw';
import { changedSettings } from '../core/system/configuration';
import type { ExamplePrice } from '../core/system/example-price';
import type { DecideInput, Decision } from './contracts';
import type { ActivityDependencies } from './dependencies';
import { exampleSample } from './example-samples';
import { inActivity } from './in-activity';
import { openRun } from './open-run';
import { validatedGains, type ValidatedGain } from './validated-gains';
import { validationMeans, validationScores } from './validation-scores';

/** What the ledger keeps of an iteration's decision, and the result document shows. */
export interface DecisionRecord extends Decision {
  component: string;
  /** Configuration hash of the best finalist that was measured on the whole sample. */
  finalist: string | null;
  changed: { component: string; variable: string; kind: string }[];
  /** What was tested: the mean gain in score, less what the finalist costs more where money or latency are objectives. */
  gain: number | null;
  p: number | null;
  ci95: [number, number] | null;
  /** Mean price of an example under incumbent and finalist; only where money or latency are objectives. */
  prices?: { before: ExamplePrice; after: ExamplePrice };
  examples: number;
  /** Predicted and realised gain of every candidate that went to validation. */
  validated: ValidatedGain[];
}

/**
 * Accepts a finalist or keeps the incumbent, by a paired test on the same validation examples, and records why. A second
 * attempt answers what the first one recorded.
 */
export function decide(dependencies: ActivityDependencies, input: DecideInput): Promise<Decision> {
  return inActivity(async () => {
    const { stores } = dependencies;
    const run = await openRun(dependencies, input.runId);
    const key = `iteration/${input.iteration}/decision`;
    const record = await decision(dependencies, input, run);
    await stores.ledger.append(input.runId, [
      {
        key,
        iteration: input.iteration,
        kind: 'decision',
        body: { ...record, validated: record.validated.map((gain) => ({ ...gain })) },
      },
    ]);
    const recorded = (await stores.ledger.get(input.runId, key))?.body as unknown as DecisionRecord;
    const { accepted, incumbent, reason, before, after } = recorded;
    return { accepted, incumbent, reason, before, after };
  });
}

async function decision(
  dependencies: ActivityDependencies,
  input: DecideInput,
  run: Awaited<ReturnType<typeof openRun>>,
): Promise<DecisionRecord> {
  const { stores } = dependencies;
  const kept: DecisionRecord = {
    component: input.component,
    accepted: false,
    incumbent: input.incumbent,
    finalist: null,
    changed: [],
    reason: input.skipped ?? 'there was no finalist',
    before: null,
    after: null,
    gain: null,
    p: null,
    ci95: null,
    examples: 0,
    validated: [],
  };
  const { iteration, count } = input;
  const ids = exampleSample(run.resolved, run.seed, {
    split: 'validation',
    purpose: 'validation',
    iteration,
    count,
  }).map((example) => example.id);
  kept.validated = await validatedGains(dependencies, input, ids);
  if (input.finalists.length === 0) return kept;
  const verdict = decideAcceptance({
    incumbent: await validationScores(dependencies, input, input.incumbent, ids),
    finalists: await Promise.all(
      input.finalists.map(async (configurationHash) => ({
        configurationHash,
        scores: await validationScores(dependencies, input, configurationHash, ids),
      })),
    ),
    entered: input.entered,
    alpha: run.plan.alpha,
    minimumEffect: run.plan.minimumEffect,
    seed: drawSeed({ runSeed: run.seed, purpose: 'validation', iteration, exampleId: 'sign-flips', index: 0 }),
  });
  const best =
    verdict.comparisons.find((item) => item.configurationHash === verdict.accepted) ?? verdict.comparisons[0];
  if (best === undefined) return kept;
  const incumbent = verdict.accepted ?? input.incumbent;
  const before = await validationMeans(dependencies, input, input.incumbent, ids);
  const after = await validationMeans(dependencies, input, best.configurationHash, ids);
  const configurations = await stores.configurations.getMany([input.incumbent, best.configurationHash]);
  return {
    component: input.component,
    accepted: verdict.accepted !== null,
    incumbent,
    finalist: best.configurationHash,
    changed: changedSettings(
      run.resolved.system,
      configurations.get(input.incumbent) ?? {},
      configurations.get(best.configurationHash) ?? {},
    ).map((change) => ({ ...change })),
    reason: verdict.reason,
    before: before.score,
    after: after.score,
    gain: best.gain,
    p: best.p,
    ci95: best.ci95,
    ...(before.price !== null && after.price !== null && { prices: { before: before.price, after: after.price } }),
    examples: ids.length,
    validated: kept.validated,
  };
}
