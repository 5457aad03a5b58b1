import { mergeSharedInputs } from './merge-shared-inputs';

const item = (exampleId: string, text: string) => ({ exampleId, inputs: { text } });

describe('mergeSharedInputs', () => {
  it('gives examples with equal inputs one id, also through a third one', () => {
    const merged = mergeSharedInputs({
      pairs: [item('c', 'x'), item('a', 'y'), item('d', 'z')],
      comparisons: [item('b', 'x'), item('b', 'y')],
    });
    expect(merged.pairs.map(({ exampleId }) => exampleId)).toEqual(['a', 'a', 'd']);
    expect(merged.comparisons.map(({ exampleId }) => exampleId)).toEqual(['a', 'a']);
    expect(merged.pairs[0]?.inputs).toEqual({ text: 'x' });
  });

  it('keeps an id that is known, whose fold is not to change', () => {
    const data = { pairs: [item('b', 'x'), item('a', 'x'), item('c', 'x')], comparisons: [] };
    expect(mergeSharedInputs(data, (id) => id === 'b').pairs.map(({ exampleId }) => exampleId)).toEqual([
      'b',
      'b',
      'b',
    ]);
    expect(mergeSharedInputs(data, (id) => id !== 'a').pairs.map(({ exampleId }) => exampleId)).toEqual([
      'b',
      'b',
      'b',
    ]);
  });

  it('leaves examples alone that share nothing, in any order', () => {
    const pairs = [item('b', 'x'), item('a', 'y'), item('__proto__', 'z')];
    expect(mergeSharedInputs({ pairs, comparisons: [] }).pairs).toEqual(pairs);
  });
});
