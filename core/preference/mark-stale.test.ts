import type { Candidate } from './candidate';
import { markStale } from './mark-stale';

const candidate = (iteration: number): Candidate => ({
  component: 'retriever',
  exampleId: 'a',
  inputs: {},
  outputs: {},
  origin: 'base',
  configurationHash: 'c',
  scores: [1],
  iteration,
});
const candidates = [-1, 0, 1, 2].map(candidate);
const decided = (iteration: number, component: string, accepted: boolean, ...elsewhere: string[]) => ({
  iteration,
  accepted,
  changed: [component, ...elsewhere].map((name) => ({ component: name, variable: 'prompt', kind: 'instructions' })),
});
const staleAfter = (...decisions: ReturnType<typeof decided>[]): number[] =>
  markStale(candidates, new Set(['answerer']), decisions).flatMap((item) => (item.stale ? [item.iteration] : []));

describe('markStale', () => {
  it('marks what was scored up to the newest accepted update that matters downstream', () => {
    expect(
      staleAfter(decided(0, 'answerer', true), decided(1, 'answerer', true), decided(2, 'answerer', false)),
    ).toEqual([-1, 0, 1]);
  });

  it('knows of components that were changed together with the one that was chosen', () => {
    expect(staleAfter(decided(1, 'query_writer', true, 'answerer'))).toEqual([-1, 0, 1]);
  });

  it('marks nothing for rejected updates and for those of other components', () => {
    expect(staleAfter(decided(0, 'answerer', false), decided(1, 'query_writer', true))).toEqual([]);
    expect(staleAfter()).toEqual([]);
  });
});
