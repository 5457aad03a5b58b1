import { hasPriceObjective } from '../core/run/utility';
import { changedSettings } from '../core/system/configuration';
import { gainInterval } from '../core/validation/acceptance';
import { looksAt } from '../core/validation/looks';
import { pairByExample } from '../core/validation/scores-by-example';
import type { ExamplePrice } from '../core/system/example-price';
import type { DecideInput, Decision } from './contracts';
import type { ActivityDependencies } from './dependencies';
import { inActivity } from './in-activity';
import { iterationLevel } from './iteration-level';
import { recordedLook, signFlipSeed } from './look';
import { openRun, type OpenRun } from './open-run';
import { validatedGains, type ValidatedGain } from './validated-gains';
import { utilities, validatedExamples, validationIds, validationMeans } from './validation-scores';

/** What the ledger keeps of an iteration's decision, and the result document shows. */
export interface DecisionRecord extends Decision {
  /** In a simultaneous step the first of the graph, which need not be changed. */
  component: string;
  /** The component that was changed together with it, in a joint move. */
  partner?: string;
  /** The other components of a simultaneous step; `changed` says which of all it changed. */
  others?: string[];
  /** Configuration hash of the accepted finalist, else of the best at the last look. */
  finalist: string | null;
  changed: { component: string; variable: string; kind: string }[];
  /** The iteration's share of the run's alpha (`iterationLevel`). */
  level: number;
  /** The look at which validation ended, from 0. */
  look: number | null;
  /** What was tested: the mean gain in score, less what the finalist costs more where money or latency are objectives. */
  gain: number | null;
  /** Of that finalist, adjusted for looks and finalists (`Comparison.p`): a gain is accepted where it is at most `level`. */
  p: number | null;
  /**
   * Of that finalist's gain, simultaneous over looks and finalists (`gainInterval`). Null also where the sample is too small for one
   * and money or latency are objectives: such gains have no bounds.
   */
  ci95: [number, number] | null;
  /** Mean price of an example under incumbent and finalist; only where money or latency are objectives. */
  prices?: { before: ExamplePrice; after: ExamplePrice };
  /** Measured by that look. */
  examples: number;
  /** Predicted and realised gain of every candidate that went to validation. */
  validated: ValidatedGain[];
}

/**
 * Accepts a finalist or keeps the incumbent, as the last look at the validation sample decided, and records why. A
 * second attempt answers what the first one recorded.
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

async function decision(dependencies: ActivityDependencies, input: DecideInput, run: OpenRun): Promise<DecisionRecord> {
  const { stores } = dependencies;
  const move = {
    component: input.component,
    ...(input.partner !== undefined && { partner: input.partner }),
    ...(input.others !== undefined && { others: input.others }),
  };
  const { iteration, count } = input;
  const sample = validationIds(run, { iteration, count });
  const validated = await validatedGains(dependencies, run, input, sample);
  const last = input.look === null ? undefined : await recordedLook(stores, input, input.look);
  const best =
    last?.comparisons.find(({ configurationHash }) => configurationHash === last.accepted) ?? last?.comparisons[0];
  if (last === undefined || best === undefined) {
    return {
      ...move,
      accepted: false,
      incumbent: input.incumbent,
      finalist: null,
      changed: [],
      reason: input.skipped ?? 'there was no finalist',
      before: null,
      after: null,
      level: await iterationLevel(dependencies, run, input),
      look: null,
      gain: null,
      p: null,
      ci95: null,
      examples: 0,
      validated,
    };
  }
  const ids = sample.slice(0, last.examples);
  const old = await validatedExamples(dependencies, run, iteration, input.incumbent, ids);
  const now = await validatedExamples(dependencies, run, iteration, best.configurationHash, ids);
  const { differences } = pairByExample(utilities(old), utilities(now));
  const [before, after] = [validationMeans(old), validationMeans(now)];
  const configurations = await stores.configurations.getMany([input.incumbent, best.configurationHash]);
  return {
    ...move,
    accepted: last.accepted !== null,
    incumbent: last.accepted ?? input.incumbent,
    finalist: best.configurationHash,
    changed: changedSettings(
      run.resolved.system,
      configurations.get(input.incumbent) ?? {},
      configurations.get(best.configurationHash) ?? {},
    ).map((change) => ({ ...change })),
    reason: last.reason,
    before: before.score,
    after: after.score,
    level: last.level,
    look: input.look,
    gain: best.gain,
    p: best.p,
    ci95: gainInterval(differences, {
      looks: looksAt(count).length,
      entered: input.entered,
      bounds: hasPriceObjective(run.plan) ? null : [-1, 1],
      seed: signFlipSeed(run.seed, iteration),
    }),
    ...(before.price !== null && after.price !== null && { prices: { before: before.price, after: after.price } }),
    examples: last.examples,
    validated,
  };
}
