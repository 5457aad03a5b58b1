import type {
  Decision,
  ProposalScore,
  ProposalsReference,
  RankedProposals,
  ScoreProposalsInput,
} from '../../activities/contracts';
import { localStepInputs } from '../../core/run/local-step-inputs';
import { shortlist } from '../../core/search/shortlist';
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
  const step = { runId, component, configurationHash: incumbent, iteration };
  const collect = () =>
    parts(preferenceCount, (range) =>
      activities.collectCandidates({ ...step, limits: {}, count: preferenceCount, ...range }),
    );
  await Promise.all([trace('preference', preferenceCount).then(collect), trace('optimization', shortlistCount)]);
  const propose = (after?: RankedProposals) =>
    activities.propose({
      ...step,
      limits: {},
      count: preferenceCount,
      ...(after === undefined ? {} : { ranked: after }),
    });
  const [, proposals] = await Promise.all([activities.fitReward(step), propose()]);

  const judged = async (
    blobs: string[],
    hashes: string[],
    by: Pick<ScoreProposalsInput, 'inputs' | 'judge'>,
  ): Promise<ProposalScore[]> => {
    const scores = await spread(
      run,
      chunks(hashes.length, proposalsPerActivity).map(({ from, to }) => {
        const part = { ...step, limits: {}, blobs, hashes: hashes.slice(from, to), count: shortlistCount, ...by };
        return () => activities.scoreProposals(part);
      }),
    );
    return scores.flat();
  };
  const ranked = async (reference: ProposalsReference): Promise<RankedProposals> => ({
    reference,
    scores: await judged([reference.sha256], reference.hashes, { inputs: rankingCount, judge: 'reward' }),
  });
  const first = await ranked(proposals);
  const rounds = [first, await ranked(await propose(first))];
  const measured = await judged(
    rounds.map(({ reference }) => reference.sha256),
    shortlist(rounds, plan.shortlist).map(({ configurationHash }) => configurationHash),
    { inputs: shortlistCount, judge: 'metric' },
  );
  const finalists = await activities.selectFinalists({ ...step, rounds, shortlist: measured });

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
    const third = Math.ceil(count / 3);
    await validate([incumbent, ...remaining], 0, third);
    const halved = await activities.halve({
      runId,
      iteration,
      incumbent,
      finalists: remaining,
      count,
      measured: third,
    });
    remaining = halved.hashes;
    if (remaining.length > 0) await validate([incumbent, ...remaining], third, count);
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
