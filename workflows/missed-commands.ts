import type { ChildWorkflowHandle } from '@temporalio/workflow';
import { limitNames, type Limits } from '../core/run/budget';
import type { Pause, Stopped } from './control';
import type { iteration } from './iteration';
import { cancelSignal, limitsSignal, pauseSignal, resumeSignal } from './messages';

/** What an iteration is told at its start, and what its run may have been told otherwise since. */
export interface Orders {
  paused: Pause | null;
  limits: Limits;
  /** Which limits they are (`Control`). */
  limitsVersion: number;
  stopped: Stopped | null;
}

/** Sends an iteration what commands changed between its start (`told`) and now: they could not be forwarded then. */
export async function sendMissedCommands(
  child: Pick<ChildWorkflowHandle<typeof iteration>, 'signal'>,
  told: Omit<Orders, 'stopped'>,
  now: Orders,
): Promise<void> {
  const sent: Promise<void>[] = [];
  if (told.paused === null && now.paused !== null) sent.push(child.signal(pauseSignal, now.paused));
  if (told.paused !== null && now.paused === null) sent.push(child.signal(resumeSignal));
  if (told.limitsVersion !== now.limitsVersion || !sameLimits(told.limits, now.limits)) {
    sent.push(child.signal(limitsSignal, now.limits, now.limitsVersion));
  }
  if (now.stopped !== null) sent.push(child.signal(cancelSignal, now.stopped.reason));
  await Promise.all(sent);
}

function sameLimits(a: Limits, b: Limits): boolean {
  return limitNames.every((name) => a[name] === b[name] && a.pauseAbove?.[name] === b.pauseAbove?.[name]);
}
