import type { Activities } from '../../activities';
import type { PreparedRun } from '../../activities/contracts';
import { fanOut } from '../../workflows/fan-out';
import type { benchRun } from './bench-run';

export type InProcessInput = typeof benchRun;

/** What the steps of one run share: the activities, what the run was given, and what `prepareRun` said. */
export interface InProcessRun extends PreparedRun {
  activities: Activities;
  input: InProcessInput;
}

/** `tasks`, as many at a time as the workflow has activities of one fan-out in flight. */
export function spread<T>({ input }: InProcessRun, tasks: (() => Promise<T>)[]): Promise<T[]> {
  return fanOut({ step: (activity) => activity() }, input.fanOut, tasks, () => {});
}
