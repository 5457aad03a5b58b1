import { heldOutcomes } from './held-outcomes';
import type { ComponentOutcome, ExampleTrace } from './trace';

const descendants = {
  planner: new Set(['writer', 'editor']),
  aside: new Set(['editor']),
  writer: new Set(['editor']),
  editor: new Set<string>(),
};
const outcomes: Record<string, ComponentOutcome> = {
  planner: { status: 'ok', outputs: { plan: 1 } },
  aside: { status: 'skipped' },
  writer: { status: 'failed', reason: 'no' },
  editor: { status: 'ok', outputs: { answer: 2 } },
};
const trace = {
  exampleId: 'a',
  components: Object.fromEntries(Object.entries(outcomes).map(([name, outcome]) => [name, { outcome }])),
} as unknown as ExampleTrace;

it('holds what neither is changed nor descends from a change', () => {
  const held = (...changed: string[]) => heldOutcomes({ descendants }, trace, changed);
  expect(held('editor')).toEqual({
    planner: outcomes['planner'],
    aside: outcomes['aside'],
    writer: outcomes['writer'],
  });
  expect(held('writer', 'aside')).toEqual({ planner: outcomes['planner'] });
  expect(held('planner')).toEqual({ aside: outcomes['aside'] });
  expect(held('planner', 'aside')).toEqual({});
});
