import { z } from 'zod';
import { propose, type Incumbent } from '../search/proposal';
import { isActive, keepInactive } from './active-variables';
import { component } from './component';
import { integer, model, oneOf, range, type Variables } from './variable';

const variables = {
  mode: oneOf(['bm25', 'dense', 'hybrid'], { initial: 'dense' }),
  blend: range(0, 1, { initial: 0.5, when: { mode: 'hybrid' } }),
  cut: integer(1, 9, { initial: 3, when: { mode: ['dense', 'hybrid'] } }),
} satisfies Variables;

describe('conditional variables', () => {
  it('matter under the values that their condition names', () => {
    expect(isActive(variables.blend, { mode: 'hybrid' })).toBe(true);
    expect(isActive(variables.blend, { mode: 'dense' })).toBe(false);
    expect(isActive(variables.cut, { mode: 'dense' })).toBe(true);
    expect(isActive(variables.cut, { mode: 'bm25' })).toBe(false);
    expect(isActive(variables.mode, {})).toBe(true);
  });

  it('stay as they are where they do not matter', () => {
    const before = { mode: 'hybrid', blend: 0.2, cut: 4 };
    expect(keepInactive(variables, { mode: 'bm25', blend: 0.9, cut: 9 }, before)).toEqual({
      mode: 'bm25',
      blend: 0.2,
      cut: 4,
    });
    expect(keepInactive(variables, { mode: 'hybrid', blend: 0.9, cut: 9 }, before)).toEqual({
      mode: 'hybrid',
      blend: 0.9,
      cut: 9,
    });
  });

  it('make no proposal of a change that does nothing', () => {
    const incumbent: Incumbent = { variables, settings: { mode: 'dense', blend: 0.5, cut: 3 } };
    expect(propose(incumbent, { blend: 0.9 }, { origin: 'grid' })).toBeUndefined();
    expect(propose(incumbent, { mode: 'bm25', blend: 0.9, cut: 9 }, { origin: 'grid' })?.changed).toEqual([
      { variable: 'mode', kind: 'hyperparameter' },
    ]);
  });

  const define = (configuration: Variables) => () =>
    component({
      name: 'retriever',
      description: '',
      input: z.object({}),
      output: z.object({ text: z.string() }),
      configuration,
      run: () => Promise.resolve({ text: '' }),
    });

  it.each<[string, Variables, string]>([
    ['no such variable', { k: range(0, 1, { when: { mode: 'a' } }) }, 'when.mode must be the name of another variable'],
    ['a range', { a: range(0, 1), k: range(0, 1, { when: { a: 0 } }) }, 'made by oneOf or model'],
    ['itself', { k: oneOf(['a', 'b'], { when: { k: 'a' } }) }, 'must be the name of another variable'],
    [
      'a value that it never has',
      { mode: oneOf(['a', 'b']), k: range(0, 1, { when: { mode: ['a', 'c'] } }) },
      '"c", which \'mode\' never is; it is one of ["a","b"]',
    ],
    [
      'a conditional one',
      {
        model: model(['m', 'n']),
        mode: oneOf(['a', 'b'], { when: { model: 'm' } }),
        k: range(0, 1, { when: { mode: 'a' } }),
      },
      'is conditional itself',
    ],
  ])('cannot depend on %s', (_, configuration, message) => {
    expect(define(configuration)).toThrow(message);
  });
});
