import type { Activities } from '../../activities';
import type { Purpose } from '../../core/system/draw';
import type { Split } from '../../core/system/system';
import { settledAfter } from '../../core/validation/component-schedule';
import { chunks } from '../../workflows/fan-out';
import { runIteration } from './in-process-iteration';
import { spread, type InProcessInput, type InProcessRun } from './in-process-steps';

/**
 * The order of activities of the `optimization` workflow for a run that nobody pauses, stops or limits, in one process and
 * without Temporal. Gives the hash of the final configuration.
 */
export async function runInProcess(activities: Activities, input: InProcessInput): Promise<string> {
  const { runId, system, seed, plan, chunkSize } = input;
  const started = performance.now();
  const prepared = await activities.prepareRun({ runId, system, seed, plan, fresh: false });
  const run: InProcessRun = { ...prepared, activities, input };
  const { baseline, components, counts } = prepared;
  const evaluate = (hashes: readonly string[], sample: { split: Split; purpose: Purpose; count: number }) =>
    spread(
      run,
      hashes.flatMap((configurationHash) =>
        chunks(sample.count, chunkSize).map(
          (part) => () =>
            activities.evaluate({ runId, limits: {}, configurationHash, range: { ...sample, iteration: -1, ...part } }),
        ),
      ),
    );

  const validationCount = Math.min(counts.validation, plan.validationExamples);
  const baselineSample = { split: 'validation', purpose: 'baseline', count: validationCount } as const;
  await evaluate([baseline], baselineSample);
  const { nothingWorks } = await activities.summarize({
    runId,
    configurationHash: baseline,
    purpose: 'baseline',
    iteration: -1,
    count: validationCount,
  });
  if (nothingWorks !== undefined) throw new Error(nothingWorks);

  const count = Math.min(counts.preference, plan.preferenceInputs);
  await evaluate([baseline], { split: 'train', purpose: 'preference', count });
  await spread(
    run,
    components.flatMap(({ name }) =>
      chunks(count, chunkSize).map(
        (part) => () =>
          activities.collectCandidates({
            runId,
            limits: {},
            component: name,
            configurationHash: baseline,
            iteration: -1,
            count,
            ...part,
          }),
      ),
    ),
  );
  for (const { name } of components) {
    await activities.fitReward({ runId, component: name, iteration: -1, configurationHash: baseline, limits: {} });
  }

  const mostRejections = settledAfter(plan.patience, components.length, prepared.pairs);
  let incumbent = baseline;
  let rejectedInARow = 0;
  let done = 0;
  while (done < plan.iterations && rejectedInARow < mostRejections) {
    const decision = await runIteration(run, done, incumbent);
    incumbent = decision.incumbent;
    rejectedInARow = decision.accepted ? 0 : rejectedInARow + 1;
    if (decision.accepted) {
      await activities.summarize({
        runId,
        configurationHash: incumbent,
        purpose: 'validation',
        iteration: done,
        count: validationCount,
      });
    }
    done += 1;
  }

  const testCount = Math.min(counts.test, plan.testExamples);
  if (incumbent !== baseline) await evaluate([incumbent], baselineSample);
  await evaluate([...new Set([baseline, incumbent])], { split: 'test', purpose: 'test', count: testCount });
  await activities.finishRun({
    runId,
    status: 'completed',
    reason:
      done < plan.iterations ? `no component improved in ${rejectedInARow} tries in a row` : 'all iterations are done',
    baseline,
    incumbent,
    validationCount,
    testCount,
    wallClockMs: performance.now() - started,
  });
  return incumbent;
}
