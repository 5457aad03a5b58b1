import type { Decision } from '../../activities/contracts';
import { chunks } from '../../workflows/fan-out';
import { localSteps } from '../../workflows/local-steps';
import { validateFinalists } from '../../workflows/validate-finalists';
import { spread, type InProcessRun } from './in-process-steps';

/** The order of activities of the `iteration` workflow, without Temporal. */
export async function runIteration(run: InProcessRun, iteration: number, incumbent: string): Promise<Decision> {
  const { activities, input, counts } = run;
  const { runId, plan, chunkSize } = input;
  const common = { runId, limits: {} };
  const choice = await activities.chooseComponent({ runId, iteration, components: run.components });
  if (choice.component === null) throw new Error(`the bench ends no run early: ${choice.reason}`);
  const { component, partner, others } = choice;
  const move = { component, ...(partner !== undefined && { partner }), ...(others !== undefined && { others }) };
  const { finalists } = await localSteps(
    {
      ...{ runId, iteration, incumbent, plan, counts, calls: activities, fitReward: activities.fitReward },
      limits: () => ({}),
      step: (activity) => activity(),
      fanOut: (tasks) => spread(run, tasks),
      ranges: (size) => chunks(size, chunkSize),
      begin: () => {},
    },
    choice,
    run.components,
  );

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
