export const defaultTaskQueue = 'optimas';

/** Fits have a queue of their own: its slots are cores, not calls in flight. */
export function rewardsQueue(taskQueue: string): string {
  return `${taskQueue}-rewards`;
}
