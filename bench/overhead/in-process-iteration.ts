import type { Decision, RankedProposals } from '../../activities/contracts';
import { localStepInputs } from '../../core/run/local-step-inputs';
import { chunks } from '../../workflows/fan-out';
import { judgeProposals } from '../../workflows/judge-proposals';
import { validateFinalists } from '../../workflows/validate-finalists';
import { spread, type InProcessRun } from './in-process-steps';

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

  const choice = await activities.chooseComponent({ runId, iteration, components: run.components });
  if (choice.component === null) throw new Error(`the bench ends no run early: ${choice.reason}`);
  const { component, partner } = choice;
  const joint = partner !== undefined;
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
  const move = { component, ...(joint && { partner }) };
  const step = { runId, ...move, configurationHash: incumbent, iteration };
  const collect = () =>
    parts(preferenceCount, (range) =>
      activities.collectCandidates({ ...step, limits: {}, count: preferenceCount, ...range }),
    );
  await Promise.all([
    joint ? null : trace('preference', preferenceCount).then(collect),
    trace('optimization', shortlistCount),
  ]);
  const propose = (after?: RankedProposals) =>
    activities.propose({
      ...step,
      limits: {},
      count: preferenceCount,
      ...(after === undefined ? {} : { ranked: after }),
    });
  const [, proposals] = await Promise.all([joint ? null : activities.fitReward({ ...step, limits: {} }), propose()]);

  const { rounds, shortlist } = await judgeProposals({
    proposals,
    propose,
    score: (parts) =>
      spread(
        run,
        parts.map((part) => () => activities.scoreProposals({ ...step, limits: {}, count: shortlistCount, ...part })),
      ),
    rankBy: joint ? 'metric' : 'reward',
    rankingInputs: rankingCount,
    shortlistInputs: shortlistCount,
    shortlistSize: plan.shortlist,
  });
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
  const validated = await validateFinalists({
    ...{ incumbent, finalists, count, validate },
    look: (seen) => activities.look({ runId, iteration, ...seen }),
  });
  return activities.decide({ runId, iteration, ...move, incumbent, ...validated });
}
