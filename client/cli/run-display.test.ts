import type { Progress } from '../../workflows/progress';
import { positionText } from './run-display';

const progress: Progress = {
  runId: 'run',
  system: 's',
  seed: 0,
  status: 'running',
  phase: 'iterations',
  iterationsDone: 1,
  iterationsPlanned: 3,
  iterationWorkflowId: 'run/iteration-2',
  component: 'answerer',
  step: 'collecting rollouts',
  done: 0,
  total: 0,
  baselineScore: null,
  incumbentScore: null,
  incumbent: null,
  accepted: 0,
  trusted: {},
  budget: {},
  paused: null,
  waiting: null,
  activeMs: 0,
  at: 0,
};

describe('where a run is, in words', () => {
  it('is its step, or why nothing goes on', () => {
    expect(positionText(progress)).toBe('iteration 2/3: answerer, collecting rollouts');
    const waiting = "worker w does not define system 's'";
    expect(positionText({ ...progress, waiting })).toBe(`waiting: ${waiting}`);
    const paused = { reason: 'lunch', by: 'ann', now: false };
    expect(positionText({ ...progress, status: 'paused', paused })).toBe('paused by ann: lunch');
  });
});
