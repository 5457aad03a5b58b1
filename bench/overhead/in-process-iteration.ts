import type { Decision, ProposalsReference, RankedProposals, ScoreProposalsInput } from '../../activities/contracts';
import { localStepInputs } from '../../core/run/local-step-inputs';
import { chunks } from '../../workflows/fan-out';
import { spread, type InProcessRun } from './in-process-steps';

/** As in the workflow `iteration`. */
const proposalsPerActivity = 4;

/** The order of activities of the `iteration` workflow, without Temporal. */
export async function runIteration(run: InProcessRun, iteration: number, incumbent: string): Promise<Decision> {
  const { activities, input, counts } = run;
  const { runId, plan, chunkSize } = input;
  const common = { runId, limits: {} };
  const parts = <T>(count: number, task: (range: { from: number; to: number }) => Promise<T>): Promise<T[]> =>
    spread(
      run,
      chunks(count, chunkSize).map((range) => () => task(range)),
    );

  const { component } = await activities.chooseComponent({ runId, iteration, components: run.components });
  const preferenceCount = Math.min(counts.preference, plan.adaptationInputs);
  const { ranked: rankingCount, traced: shortlistCount } = localStepInputs(plan, counts.ranking);
  const trace = (purpose: 'preference' | 'optimization', count: number) =>
    parts(count, (range) =>
      activities.evaluate({
        ...common,
        configurationHash: incumbent,
        range: { split: 'train', purpose, iteration, count, ...range },
      }),
    );
  await trace('preference', preferenceCount);
  await trace('optimization', shortlistCount);
  const step = { runId, component, configurationHash: incumbent, iteration };
  await parts(preferenceCount, (range) =>
    activities.collectCandidates({ ...step, limits: {}, count: preferenceCount, ...range }),
  );
  await activities.fitReward(step);

  const judged = async (
    reference: ProposalsReference,
    by: Pick<ScoreProposalsInput, 'inputs' | 'judge'>,
  ): Promise<RankedProposals> => {
    const scores = await spread(
      run,
      chunks(reference.proposals, proposalsPerActivity).map(
        (range) => () =>
          activities.scoreProposals({ ...step, limits: {}, reference, count: shortlistCount, ...by, ...range }),
      ),
    );
    return { reference, scores: scores.flat() };
  };
  const rounds: RankedProposals[] = [];
  while (rounds.length < 2) {
    const ranked = rounds.at(-1);
    const reference = await activities.propose({
      ...step,
      limits: {},
      count: preferenceCount,
      ...(ranked === undefined ? {} : { ranked }),
    });
    rounds.push(await judged(reference, { inputs: rankingCount, judge: 'reward' }));
  }
  const best = await activities.shortlistProposals({ ...step, rounds });
  const shortlist = await judged(best, { inputs: shortlistCount, judge: 'metric' });
  const finalists = await activities.selectFinalists({ ...step, rounds, shortlist });

  const count = Math.min(counts.validation, plan.validationExamples);
  const validate = (hashes: string[], from: number, to: number) =>
    spread(
      run,
      hashes.flatMap((configurationHash) =>
        chunks(to - from, chunkSize).map(
          (range) => () =>
            activities.evaluate({
              ...common,
              configurationHash,
              range: {
                split: 'validation',
                purpose: 'validation',
                iteration,
                count,
                from: from + range.from,
                to: from + range.to,
              },
            }),
        ),
      ),
    );
  let remaining = finalists.hashes;
  let skipped = remaining.length === 0 ? finalists.reason : undefined;
  if (remaining.length > 0) {
    const first = Math.ceil(count / 3);
    await validate([incumbent, ...remaining], 0, first);
    const halved = await activities.halve({
      runId,
      iteration,
      incumbent,
      finalists: remaining,
      count,
      measured: first,
    });
    remaining = halved.hashes;
    if (remaining.length > 0) await validate([incumbent, ...remaining], first, count);
    else skipped = halved.reason;
  }
  return activities.decide({
    runId,
    iteration,
    component,
    incumbent,
    entered: finalists.hashes.length,
    finalists: remaining,
    count,
    ...(skipped === undefined ? {} : { skipped }),
  });
}
