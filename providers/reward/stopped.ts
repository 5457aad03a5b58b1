import type { TrainingRequest } from './training-request';

/** @throws Error once the parent has asked the training to end. */
export function throwIfStopped({ stop }: TrainingRequest): void {
  if (stop !== undefined && Atomics.load(stop, 0) !== 0) throw new Error('reward training: stopped, as asked');
}
