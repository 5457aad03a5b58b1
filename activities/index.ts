import { chooseComponent } from './choose-component';
import { collectCandidates } from './collect-candidates';
import { decide } from './decide';
import type { ActivityDependencies } from './dependencies';
import { evaluate } from './evaluate';
import { finishRun } from './finish-run';
import { fitReward } from './fit-reward';
import { inActivity } from './in-activity';
import { propose } from './optimize-component/propose';
import { scoreProposals } from './optimize-component/score-proposals';
import { selectFinalists } from './optimize-component/select-finalists';
import { selectSimultaneous } from './optimize-component/select-simultaneous';
import { look } from './look';
import { prepareRun } from './prepare-run';
import { recordEvent } from './record-event';
import { remember } from './remember';
import { summarize } from './summarize';
import { workerRecord } from './worker-record';

const bodies = {
  prepareRun,
  evaluate,
  summarize,
  collectCandidates,
  fitReward,
  chooseComponent,
  propose,
  scoreProposals,
  selectFinalists,
  selectSimultaneous,
  look,
  decide,
  recordEvent,
  finishRun,
};

type Bodies = typeof bodies;

/** The activities of an Optimas worker, by the names that workflows call them. */
export type Activities = {
  [Name in keyof Bodies]: (input: Parameters<Bodies[Name]>[1]) => ReturnType<Bodies[Name]>;
};

export function createActivities(dependencies: ActivityDependencies): Activities {
  const recordWorker = remember((runId: string) => workerRecord(dependencies, runId));
  return Object.fromEntries(
    Object.entries(bodies).map(([name, body]) => [
      name,
      async (input: never) => {
        const result = await body(dependencies, input);
        const { runId } = input as { runId: string };
        await inActivity(async () => {
          await dependencies.stores.memo.flush(runId);
          await recordWorker(runId);
        });
        return result;
      },
    ]),
  ) as unknown as Activities;
}

export type { ActivityDependencies } from './dependencies';
