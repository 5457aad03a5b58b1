import { CancellationScope, getExternalWorkflowHandle, setCurrentDetails, setHandler } from '@temporalio/workflow';
import type { RankedProposals } from '../activities/contracts';
import { localStepInputs } from '../core/run/local-step-inputs';
import { moveText } from '../core/run/move-text';
import { Control, Stopped, type Pause } from './control';
import { activityProxies } from './activity-proxies';
import { boundedChunks, fanOut, together } from './fan-out';
import { judgeProposals } from './judge-proposals';
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
 * One Optimas iteration: choose a component, collect rollouts for it, adapt its Local Reward Function, optimize it against
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
      accepted: false,
      incumbent,
      before: null,
      after: null,
      rewardVersion: null,
      trusted: null,
    };
    let shown: string | null = null;
    const begin = (step: string): void => {
      current = { component: shown, step };
      showDetails();
    };
    const spread = <T>(count: number, task: (range: { from: number; to: number }) => Promise<T>): Promise<T[]> =>
      fanOut(
        control,
        input.fanOut,
        boundedChunks(count, input.chunkSize).map((range) => () => task(range)),
        () => {},
      );

    try {
      const choice = await control.step(() =>
        calls.chooseComponent({ runId, iteration: iterationIndex, components: input.components }),
      );
      if (choice.component === null) return { ...result, status: 'settled', reason: choice.reason };
      const { component, partner } = choice;
      // A joint move is judged by the metric alone: no reward is needed, nor data for one.
      const joint = partner !== undefined;
      const rewarded = plan.rewards && !joint;
      const traced = input.components.some((item) => item.name === component && item.traced);
      result.component = component;
      shown = moveText(choice);

      begin('collecting rollouts');
      const preferenceCount = Math.min(input.counts.preference, plan.adaptationInputs);
      const { ranked: rankingCount, traced: shortlistCount } = localStepInputs(plan, input.counts.ranking);
      const trace = (purpose: 'preference' | 'optimization', count: number) =>
        spread(count, (range) =>
          calls.evaluate({
            runId,
            limits,
            configurationHash: incumbent,
            range: { split: 'train', purpose, iteration: iterationIndex, count, ...range },
          }),
        );
      const move = { component, ...(joint && { partner }) };
      const step = { runId, ...move, configurationHash: incumbent, iteration: iterationIndex };
      const collect = () =>
        spread(preferenceCount, (range) =>
          calls.collectCandidates({ ...step, limits, count: preferenceCount, ...range }),
        );
      const preferenceData = async (): Promise<void> => {
        await trace('preference', preferenceCount);
        if (rewarded) await collect();
      };
      const needed = rewarded || (traced && !joint);
      await together(needed ? preferenceData() : null, trace('optimization', shortlistCount));

      begin(joint ? 'pairing settings' : rewarded ? 'adapting its reward' : 'proposing settings');
      const propose = (after?: RankedProposals) =>
        control.step(() =>
          calls.propose({
            ...step,
            limits,
            count: preferenceCount,
            ...(after === undefined ? {} : { ranked: after }),
          }),
        );
      // What is proposed does not depend on the reward, only how it ranks.
      const [reward, proposals] = await together(
        rewarded ? control.step(() => rewards.fitReward({ ...step, limits })) : null,
        propose(),
      );
      result.rewardVersion = reward?.version ?? null;
      result.trusted = reward?.trusted ?? null;

      begin('proposing and ranking settings');
      const { rounds, shortlist } = await judgeProposals({
        proposals,
        propose,
        score: (parts) =>
          fanOut(
            control,
            input.fanOut,
            parts.map((part) => () => calls.scoreProposals({ ...step, limits, count: shortlistCount, ...part })),
            () => {},
          ),
        rankBy: rewarded ? 'reward' : 'metric',
        rankingInputs: rankingCount,
        shortlistInputs: shortlistCount,
        shortlistSize: plan.shortlist,
      });
      const finalists = await control.step(() => calls.selectFinalists({ ...step, rounds, shortlist }));

      begin(`validating ${finalists.hashes.length} finalist${finalists.hashes.length === 1 ? '' : 's'}`);
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
        await fanOut(control, input.fanOut, tasks, () => {});
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
