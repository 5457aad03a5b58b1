import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Budget, Limits } from '../core/run/budget';
import type { IterationStep, Progress } from './progress';
import type { Pause } from './control';

/** Who asks, and why: recorded with every command. */
export interface Command {
  actor: string;
  reason: string;
}

/** `now` also cancels the activities that are running; otherwise the run stops at the next safe point. */
export interface PauseCommand extends Command {
  now: boolean;
}

/** `now` skips the final test. */
export interface CancelCommand extends Command {
  now: boolean;
}

export interface SetBudgetCommand extends Command {
  /** The new limits; an absent member becomes unlimited. */
  budget: Budget;
}

export const pauseUpdate = defineUpdate<Progress, [PauseCommand]>('pause');
export const resumeUpdate = defineUpdate<Progress, [Command]>('resume');
export const cancelUpdate = defineUpdate<Progress, [CancelCommand]>('cancel');
export const setBudgetUpdate = defineUpdate<Progress, [SetBudgetCommand]>('setBudget');
export const progressQuery = defineQuery<Progress>('progress');
/** What an iteration is doing. It is asked, and does not tell its run: each signal would cost both of them a workflow task. */
export const iterationStepQuery = defineQuery<IterationStep>('step');

/** From the run to its iteration: a workflow cannot send an Update to another. */
export const pauseSignal = defineSignal<[Pause]>('pauseIteration');
export const resumeSignal = defineSignal('resumeIteration');
export const cancelSignal = defineSignal<[string]>('cancelIteration');
/** With the `limitsVersion` of the run's control; absent in histories of earlier versions. */
export const limitsSignal = defineSignal<[Limits, number?]>('setIterationLimits');
/** From the iteration to its run. */
export const iterationPausedSignal = defineSignal<[Pause]>('iterationPaused');
/** Why nothing goes on there, or that it does again. */
export const iterationWaitingSignal = defineSignal<[string | null]>('iterationWaiting');
