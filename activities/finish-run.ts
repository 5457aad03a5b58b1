import type { ResultDocument } from '../core/run/result-document';
import { hasPriceObjective, priceInScore } from '../core/run/utility';
import { pairedTest } from '../core/validation/paired-test';
import { localToGlobal } from '../core/validation/local-to-global';
import { meanInterval } from '../core/validation/score-interval';
import { pairByExample } from '../core/validation/scores-by-example';
import type { Purpose } from '../core/system/draw';
import type { RunRecord, Stores } from '../storage';
import type { FinishRunInput, FinishRunResult } from './contracts';
import type { DecisionRecord } from './decide';
import type { ActivityDependencies } from './dependencies';
import { examplePrices, meanPrice } from './example-prices';
import { inActivity } from './in-activity';
import { recordOf, type StoredRunInput } from './open-run';
import { runCertificate } from './run-certificate';

/** Behind every iteration in the ledger; the largest that PostgreSQL's `integer` holds. */
const afterIterations = 2 ** 31 - 1;

/**
 * Writes the run's result document, from what is recorded and nothing else: a run can be ended by any worker, also by one
 * whose definition of the system has changed since.
 */
export function finishRun(dependencies: ActivityDependencies, input: FinishRunInput): Promise<FinishRunResult> {
  return inActivity(async () => {
    const { stores } = dependencies;
    const record = await recordOf(dependencies, input.runId);
    // No call of this run is made any more: what a killed worker held back is recorded, and then let go.
    const left = await stores.reservations.count(input.runId);
    // An attempt that was overtaken must not replace what another one published.
    const ended = { status: input.status, result: await resultDocument(stores, record, input) };
    const document = (await stores.runs.finish(input.runId, ended)).result as unknown as ResultDocument;
    await stores.ledger.append(input.runId, [
      {
        key: 'finished',
        iteration: afterIterations,
        kind: 'finished',
        body: {
          status: input.status,
          reason: input.reason,
          configuration: input.incumbent,
          gain: document.final.gain,
        },
      },
      ...(left === 0
        ? []
        : [{ key: 'reservations', iteration: afterIterations, kind: 'reservations', body: { released: left } }]),
    ]);
    await stores.reservations.clear(input.runId);
    return {
      baselineTest: document.baseline.test?.mean ?? null,
      finalTest: document.final.test?.mean ?? null,
    };
  });
}

async function resultDocument(stores: Stores, run: RunRecord, input: FinishRunInput): Promise<ResultDocument> {
  const { runId, baseline, incumbent } = input;
  const { plan, components, tunable } = run.input as unknown as StoredRunInput;
  const scores = async (
    purpose: Purpose,
    configurationHash: string,
    count: number,
  ): Promise<Map<string, number> | null> => {
    const evaluations = await stores.evaluations.list({ runId, purpose, iteration: -1, configurationHash });
    if (count === 0 || evaluations.length < count) return null; // Half a sample is not comparable with a whole one.
    return new Map(evaluations.map((item) => [item.exampleId, item.score]));
  };
  const estimate = (of: Map<string, number> | null) => (of === null ? null : meanInterval([...of.values()]));
  const baselineTest = await scores('test', baseline, input.testCount);
  const finalTest = await scores('test', incumbent, input.testCount);
  const decisions = await stores.ledger.list(runId, { kind: 'decision' });
  const componentCalls = await stores.spend.totals(runId, 'component');
  const spent = await stores.spend.totals(runId);
  const hits = await stores.memo.hitsByKind(runId);
  const configuration = await stores.configurations.get(incumbent);
  const priced = hasPriceObjective(plan);
  const pricesOf = async (tested: Map<string, number> | null, hash: string) =>
    priced && tested !== null ? testPrices(stores, runId, hash) : null;
  const [before, after] = [await pricesOf(baselineTest, baseline), await pricesOf(finalTest, incumbent)];
  return {
    schemaVersion: 1,
    runId,
    system: run.system,
    seed: run.seed,
    status: input.status,
    reason: input.reason,
    baseline: {
      validation: estimate(await scores('baseline', baseline, input.validationCount)),
      test: estimate(baselineTest),
    },
    final: {
      validation: estimate(await scores('baseline', incumbent, input.validationCount)),
      test: estimate(finalTest),
      gain: baselineTest === null || finalTest === null ? null : gainBetween(baselineTest, finalTest, run.seed),
    },
    ...(priced && {
      objectives: {
        scorePerUsd: plan.scorePerUsd,
        scorePerSecond: plan.scorePerSecond,
        prices: before === null || after === null ? null : { before: meanPrice(before), after: meanPrice(after) },
      },
    }),
    iterations: decisions.map(({ iteration, body }) => {
      const decision = body as unknown as DecisionRecord;
      const { component, partner, others, accepted, reason, changed, before, after, gain, p, prices } = decision;
      const { level, ci95, look, examples } = decision;
      return {
        iteration,
        component,
        ...(partner !== undefined && { partner }),
        ...(others !== undefined && { others }),
        accepted,
        reason,
        changed,
        before,
        after,
        gain,
        p,
        level,
        ci95,
        look,
        examples,
        ...(prices && { prices }),
      } as ResultDocument['iterations'][number];
    }),
    rewards: await rewardsOf(stores, runId),
    localToGlobal: localToGlobal(decisions.flatMap(({ body }) => predictedGains(body as unknown as DecisionRecord))),
    // Where a price counts, only the final test says how much of one there is to save.
    ...((!priced || after !== null) && {
      certificate: await runCertificate(stores, {
        ...{ runId, plan, incumbent, configuration, heldOut: finalTest, tunable },
        ...(after !== null && { dearest: Math.max(...[...after.values()].map((price) => priceInScore(price, plan))) }),
      }),
    }),
    cost: {
      systemRuns: componentCalls.entries / components,
      componentCalls: componentCalls.entries,
      memoHits: Object.values(hits).reduce((sum, count) => sum + count, 0),
      llmCalls: spent.calls,
      promptTokens: spent.promptTokens,
      completionTokens: spent.completionTokens,
      usd: spent.usd,
      wallClockMs: input.wallClockMs,
    },
    configuration: configuration as ResultDocument['configuration'],
  };
}

function gainBetween(before: Map<string, number>, after: Map<string, number>, seed: number) {
  const { mean, ci95, p } = pairedTest(pairByExample(before, after).differences, { seed });
  return { mean, ci95, p };
}

async function testPrices(stores: Stores, runId: string, configurationHash: string) {
  const key = { runId, purpose: 'test', iteration: -1, configurationHash } as const;
  return examplePrices(stores, await stores.evaluations.list(key));
}

/** Of candidates that a trusted reward ranked; decisions that were recorded by an earlier version say nothing. */
function predictedGains({ validated = [] }: Partial<DecisionRecord>) {
  return validated.flatMap(({ judge, predicted, realised }) =>
    judge === 'reward' && predicted !== null ? [{ predicted, realised }] : [],
  );
}

async function rewardsOf(stores: Stores, runId: string): Promise<ResultDocument['rewards']> {
  const rewards: ResultDocument['rewards'] = {};
  for (const { component, version, metrics } of await stores.rewardVersions.list(runId)) {
    const { alignment, ci95, pairs, trusted } = metrics as unknown as ResultDocument['rewards'][string];
    rewards[component] = { alignment, ci95, pairs, trusted, version };
  }
  return rewards;
}
