import { z } from 'zod';
import { component } from './component';
import { downstreamInfluences } from './downstream-influences';
import { system } from './system';

const text = z.string();
const node = (name: string, inputs: string[], output: string) =>
  component({
    name,
    description: name,
    input: z.object(Object.fromEntries(inputs.map((field) => [field, text]))),
    output: z.object({ [output]: text }),
    run: () => ({ [output]: '' }),
  });

/** `root` feeds both branches, `left` and `right` feed `join`, `join` feeds `last`. */
const { wiring } = system({
  name: 'fork',
  input: z.object({ question: text }),
  output: z.object({ answer: text }),
  components: [
    node('root', ['question'], 'plan'),
    node('left', ['plan'], 'a'),
    node('right', ['plan'], 'b'),
    node('join', ['a', 'b'], 'draft'),
    node('last', ['draft'], 'answer'),
  ],
  metric: () => 1,
  dataset: { train: [], validation: [], test: [] },
});
const of = (name: string): string[] => [...downstreamInfluences(wiring, name)].sort();

it('has the descendants, their other parents, and what feeds these', () => {
  expect(of('left')).toEqual(['join', 'last', 'right', 'root']);
});

it('has what else the metric judges', () => {
  const { wiring: parallel } = system({
    name: 'parallel',
    input: z.object({ question: text }),
    output: z.object({ a: text, b: text }),
    components: [node('left', ['question'], 'a'), node('right', ['question'], 'b')],
    metric: () => 1,
    dataset: { train: [], validation: [], test: [] },
  });
  expect([...downstreamInfluences(parallel, 'left')]).toEqual(['right']);
});

it('has nothing that reaches the descendants through the component alone', () => {
  expect(of('join')).toEqual(['last']);
  expect(of('last')).toEqual([]);
});
