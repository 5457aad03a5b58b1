import { CancellationScope, getExternalWorkflowHandle, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { finalistsText, moveText } from '../core/run/move-text';
import { Control, Stopped, type Pause } from './control';
import { activityProxies } from './activity-proxies';
import { boundedChunks, fanOut } from './fan-out';
import { localSteps } from './local-steps';
import {
  cancelSignal,
  iterationPausedSignal,
  iterationStepQuery,
  iterationWaitingSignal,
  limitsSignal,
  pauseSignal,
  resumeSignal,
} from './messages';
import type { IterationStep } from './progress';
import { defaultActivitySettings, type IterationInput, type IterationResult } from './run-input';
import { validateFinalists } from './validate-finalists';

/**
 * One Optimas iteration: choose a component (or all), collect rollouts for it, adapt its Local Reward Function, optimize it against
 * that, validate the finalists against the incumbent, and record the decision (paper, section 4 and algorithm 1).
 */
export async function iteration(input: IterationInput): Promise<IterationResult> {
  const { runId, plan, incumbent } = input;
  const iterationIndex = input.iteration;
  const parent = getExternalWorkflowHandle(input.parentWorkflowId);
  const tellParent = (pause: Pause): void => {
    void parent.signal(iterationPausedSignal, pause).catch(() => {}); // The run may have ended; the pause still holds here.
  };
  let current: Omit<IterationStep, 'at'> = { component: null, step: 'choosing a component' };
  setHandler(iterationStepQuery, () => ({ ...current, at: Date.now() }));
  const showDetails = (): void => {
    const { component, step } = current;
    const waiting = control.waiting === null ? '' : `\n\n**waiting**: ${control.waiting}`;
    setCurrentDetails(`${component === null ? '' : `**${component}**: `}${step}${waiting}`);
  };
  const settings = { ...defaultActivitySettings, ...input.activities };
  const control = new Control(input.paused, settings, {
    paused: (pause) => {
      forgetShare(pause);
      tellParent(pause);
    },
    waiting: (reason) => {
      showDetails();
      void parent.signal(iterationWaitingSignal, reason).catch(() => {});
    },
  });
  let limits = input.limits;
  const forgetShare = (pause: Pause): void => {
    if (pause.atShare === true) limits = { ...limits, pauseAbove: {} };
  };
  setHandler(pauseSignal, (pause) => {
    forgetShare(pause);
    control.pause(pause);
  });
  setHandler(resumeSignal, () => control.resume());
  setHandler(cancelSignal, (reason) => control.stop('cancelled', reason));
  control.limitsVersion = input.limitsVersion ?? 0;
  setHandler(limitsSignal, (next, version) => {
    limits = next;
    control.limitsVersion = version ?? control.limitsVersion + 1;
    if (next.pauseAbove !== undefined) control.pausedAtShare = false;
  });
  CancellationScope.current().cancelRequested.catch(() => control.stop('cancelled', 'cancelled through Temporal'));

  return CancellationScope.nonCancellable(async () => {
    const { calls, rewards } = activityProxies(settings, input.rewardsTaskQueue);
    const result: IterationResult = {
      status: 'decided',
      reason: '',
      component: null,
      simultaneous: false,
      accepted: false,
      incumbent,
      before: null,
      after: null,
      trusted: {},
    };
    let shown: string | null = null;
    const begin = (step: string): void => {
      current = { component: shown, step };
      showDetails();
    };
    const spread = <T>(tasks: (() => Promise<T>)[]): Promise<T[]> => fanOut(control, input.fanOut, tasks, () => {});

    try {
      const choice = await control.step(() =>
        calls.chooseComponent({ runId, iteration: iterationIndex, components: input.components }),
      );
      if (choice.component === null) return { ...result, status: 'settled', reason: choice.reason };
      const { component, partner, others } = choice;
      const move = { component, ...(partner !== undefined && { partner }), ...(others !== undefined && { others }) };
      result.component = component;
      result.simultaneous = others !== undefined;
      shown = moveText(choice);
      const { finalists, trusted } = await localSteps(
        {
          ...{ runId, iteration: iterationIndex, incumbent, plan, counts: input.counts, begin, calls },
          limits: () => limits,
          fitReward: rewards.fitReward,
          step: (activity) => control.step(activity),
          fanOut: (tasks, among = 1) => fanOut(control, Math.max(1, Math.floor(input.fanOut / among)), tasks, () => {}),
          ranges: (count, groups) => boundedChunks(count, input.chunkSize, groups),
        },
        choice,
        input.components,
      );
      result.trusted = trusted;

      begin(`validating ${finalistsText(finalists.hashes.length)}`);
      const count = Math.min(input.counts.validation, plan.validationExamples);
      const validate = async (hashes: string[], from: number, to: number): Promise<void> => {
        const tasks = hashes.flatMap((configurationHash) =>
          boundedChunks(to - from, input.chunkSize, hashes.length).map(
            (range) => () =>
              calls.evaluate({
                runId,
                limits,
                configurationHash,
                range: {
                  split: 'validation',
                  purpose: 'validation',
                  iteration: iterationIndex,
                  count,
                  from: from + range.from,
                  to: from + range.to,
                },
              }),
          ),
        );
        await spread(tasks);
      };
      const of = { runId, iteration: iterationIndex };
      const validated = await validateFinalists({
        ...{ incumbent, finalists, count, validate },
        look: (seen) => control.step(() => calls.look({ ...of, ...seen })),
      });
      const decision = await control.step(() => calls.decide({ ...of, ...move, incumbent, ...validated }));
      begin(decision.accepted ? 'accepted' : 'kept the incumbent');
      return { ...result, ...decision };
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      return { ...result, status: error.status, reason: error.reason, limitsVersion: control.limitsVersion };
    }
  });
}
