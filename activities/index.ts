import { chooseComponent } from './choose-component';
import { collectCandidates } from './collect-candidates';
import { decide } from './decide';
import type { ActivityDependencies } from './dependencies';
import { evaluate } from './evaluate';
import { finishRun } from './finish-run';
import { fitReward } from './fit-reward';
import { halve } from './halve';
import { propose } from './optimize-component/propose';
import { scoreProposals } from './optimize-component/score-proposals';
import { selectFinalists } from './optimize-component/select-finalists';
import { prepareRun } from './prepare-run';
import { recordEvent } from './record-event';
import { summarize } from './summarize';

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
  halve,
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
  return Object.fromEntries(
    Object.entries(bodies).map(([name, body]) => [
      name,
      async (input: never) => {
        const result = await body(dependencies, input);
        await dependencies.stores.memo.flush((input as { runId: string }).runId);
        return result;
      },
    ]),
  ) as unknown as Activities;
}

export type { ActivityDependencies } from './dependencies';
