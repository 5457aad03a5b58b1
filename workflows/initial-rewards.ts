import type { EvaluationSummary } from '../activities/contracts';
import { boundedChunks } from './fan-out';
import { finalTestReserve } from './final-test-reserve';
import type { Run } from './run';

/** Checks the definition and records the run. */
export async function prepare(run: Run): Promise<void> {
  const { input } = run;
  run.enter('prepare', 'checking the definition and the data');
  const prepared = await run.control.step(() =>
    run.calls.prepareRun({
      runId: input.runId,
      system: input.system,
      seed: input.seed,
      plan: input.plan,
      fresh: input.fresh,
      ...(input.startFrom === undefined ? {} : { startFrom: input.startFrom }),
      ...(input.priority === undefined ? {} : { priority: input.priority }),
    }),
  );
  run.state = {
    ...prepared,
    phase: run.phase,
    incumbent: prepared.baseline,
    incumbentScore: null,
    baselineScore: null,
    nextIteration: 0,
    accepted: 0,
    rejectedInARow: 0,
    trusted: {},
    budget: run.budget,
    baselineCost: { calls: 0, tokens: 0, usd: 0, wallClockMs: 0 },
    reserve: { calls: 0, tokens: 0, usd: 0, wallClockMs: 0 },
    activeMs: 0,
    paused: null,
  };
}

/** Measures the initial configuration, and from its price what the final test must keep in reserve. */
export async function measureBaseline(run: Run): Promise<void> {
  const { input, prepared: state } = run;
  const { plan, runId } = input;
  run.enter('baseline', 'measuring the initial configuration');
  const count = Math.min(state.counts.validation, plan.validationExamples);
  const measure = async (again: boolean): Promise<EvaluationSummary> => {
    const sample = { split: 'validation', purpose: 'baseline', count, again } as const;
    await run.evaluate([state.baseline], sample, () => run.limits());
    return run.control.step(() =>
      run.calls.summarize({ runId, configurationHash: state.baseline, purpose: 'baseline', iteration: -1, count }),
    );
  };
  let summary = await measure(false);
  while (summary.nothingWorks !== undefined) {
    run.control.throwIfStopped(); // Else the pause would hold up the final test.
    run.pause({ reason: summary.nothingWorks, by: 'optimas', now: false });
    summary = await measure(true);
  }
  state.baselineScore = summary.mean;
  state.incumbentScore = summary.mean;
  state.baselineCost = summary.costPerExample;
  state.reserve = finalTestReserve(input, state, summary.costPerExample);
  run.clock.wake();
}

/**
 * Stage 1 of the paper: preference sets for every component under the initial configuration, and LRFs fitted on them. Nothing where
 * the plan has no rewards.
 */
export async function fitInitialRewards(run: Run): Promise<void> {
  const { input, prepared: state } = run;
  const { runId, plan } = input;
  if (!plan.rewards) return;
  const sample = { count: Math.min(state.counts.preference, plan.preferenceInputs) };
  run.enter('preference-data', 'running the system on training inputs');
  await run.evaluate([state.baseline], { split: 'train', purpose: 'preference', ...sample }, () => run.limits());
  run.describe('collecting preference data for every component');
  await run.spread(
    state.components.flatMap(({ name }) =>
      boundedChunks(sample.count, input.chunkSize, state.components.length).map(
        (part) => () =>
          run.calls.collectCandidates({
            runId,
            limits: run.limits(),
            component: name,
            configurationHash: state.baseline,
            iteration: -1,
            ...sample,
            ...part,
          }),
      ),
    ),
  );
  run.enter('rewards', 'fitting the Local Reward Functions');
  await run.spread(
    state.components.map(({ name }) => async () => {
      const fit = await run.rewards.fitReward({
        runId,
        component: name,
        iteration: -1,
        configurationHash: state.baseline,
        limits: run.limits(),
      });
      state.trusted[name] = fit.trusted;
    }),
    1,
  );
}
