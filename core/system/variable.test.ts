import { z } from 'zod';
import { component } from './component';
import { DefinitionError } from './definition-error';
import { integer, model, oneOf, prompt, range, type Variable } from './variable';

describe('variables', () => {
  it('start from their initial value, or a sensible default', () => {
    expect(oneOf([1, 5, 10]).initial).toBe(1);
    expect(oneOf(['a', null]).values).toEqual(['a', null]);
    expect(oneOf([null, 'a'], { initial: 'a' }).initial).toBe('a');
    expect(oneOf(['a', null], { initial: null }).initial).toBeNull();
    expect(range(0, 1).initial).toBe(0.5);
    expect(range(0.01, 100, { scale: 'log' }).initial).toBeCloseTo(1);
    expect(integer(1, 8).initial).toBe(5);
    expect(model(['small', 'large']).initial).toBe('small');
    expect(prompt('Answer.').initial).toEqual({ instructions: 'Answer.', demonstrations: [] });
  });

  it.each<[() => Variable, string]>([
    [() => prompt('  '), 'initial instructions are empty'],
    [() => prompt('x', { demonstrations: { max: -1 } }), 'demonstrations.max must be a whole number'],
    [() => prompt('x', { demonstrations: { max: 2, tokens: 0 } }), 'demonstrations.tokens must be a number above 0'],
    [
      () => prompt('x', { demonstrations: { max: 0, initial: [{ inputs: {}, outputs: {} }] } }),
      '1 initial demonstrations, but demonstrations.max is 0',
    ],
    [() => prompt('Answer.', { placeholders: ['question'] }), 'lack the placeholder {question}'],
    [() => prompt('long text', { maxCharacters: 4 }), 'have 9 characters, more than maxCharacters (4)'],
    [() => oneOf([]), 'the list of values is empty'],
    [() => oneOf([1, 1]), 'listed twice'],
    [() => oneOf([1, 2], { initial: 3 as 1 }), 'initial value 3 is not in [1, 2]'],
    [() => range(2, 1), 'the space 2..1 is empty'],
    [() => range(0, 1, { scale: 'log' }), 'a log scale needs low > 0'],
    [() => range(-1, 1, { scale: 'log' }), 'range: a log scale needs low > 0, not -1'],
    [() => integer(-1, 1, { scale: 'log' }), 'integer: a log scale needs low > 0, not -1'],
    [() => range(1, 2, { scale: 'exp' as 'log' }), "range: scale must be 'linear' or 'log', not 'exp'"],
    [() => range(0, 1, { initial: Number.NaN }), 'range: initial must be a finite number, not NaN'],
    [() => range(0, 1, { initial: 2 }), 'initial value 2 is outside 0..1'],
    [() => range(0, Number.NaN), 'high must be a finite number'],
    [() => integer(0, 2.5), 'high must be a whole number'],
    [() => model([]), 'the list of models is empty'],
    [() => model(['a', 'a']), 'listed twice'],
    [() => model(['a'], { initial: 'b' as 'a' }), "initial model 'b' is not in [a]"],
    [() => oneOf(undefined as never), 'oneOf: the values must be a list'],
    [() => model('small' as never), 'model: the models must be a list of names'],
  ])('let component() reject a mistake %#: says where it is and what is wrong', (define, message) => {
    const text = z.object({ text: z.string() });
    const declare = () =>
      component({
        name: 'writer',
        description: '',
        input: text,
        output: text,
        configuration: { sound: oneOf([1, 2]), wrong: define() },
        run: (inputs) => inputs,
      });
    expect(declare).toThrow(DefinitionError);
    expect(declare).toThrow("component 'writer': configuration.wrong: ");
    expect(declare).toThrow(message);
  });
});
