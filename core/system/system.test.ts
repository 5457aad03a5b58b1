import { z } from 'zod';
import { component } from './component';
import { DefinitionError } from './definition-error';
import { system } from './system';

const input = z.object({ question: z.string() });
const output = z.object({ answer: z.string() });
const answerer = component({ name: 'answerer', description: '', input, output, run: () => ({ answer: '' }) });
const sound = {
  name: 'qa',
  input,
  output,
  components: [answerer],
  metric: () => 0,
  dataset: { train: [], validation: [], test: [] },
};

describe('system', () => {
  it('fills in defaults and is frozen', () => {
    const made = system(sound);
    expect(made).toMatchObject({ metricFloor: 0, metricDeterministic: true, description: '' });
    expect(Object.isFrozen(made)).toBe(true);
    expect(made.definedIn).toMatch(/system\.test\.ts$/);
  });

  it.each([
    [{ name: '' }, "system '': a name starts with a letter"],
    [{ input: undefined }, "system 'qa': input must be a zod object, z.object({...})"],
    [{ input: { question: 'text' } }, "system 'qa': input must be a zod object, z.object({...})"],
    [{ output: undefined }, "system 'qa': output must be a zod object, z.object({...})"],
    [{ output: null }, "system 'qa': output must be a zod object, z.object({...})"],
    [{ components: undefined }, "system 'qa': components must be a list of component({...})"],
    [{ components: answerer }, "system 'qa': components must be a list of component({...})"],
    [{ components: [] }, "system 'qa': it has no components"],
    [{ components: [{ name: 'plain' }] }, "system 'qa': every component must come from component({...})"],
    [{ components: [answerer, answerer] }, "system 'qa': two components are named 'answerer'"],
    [{ metric: 'accuracy' }, "system 'qa': metric must be a function"],
    [{ from: { other: 'answerer.answer' } }, "system 'qa': from.other wires a field that output does not declare"],
    [{ metricFloor: -1 }, "system 'qa': metricFloor must be in [0, 1], not -1"],
  ])('rejects %j', (mistake, message) => {
    const define = () => system({ ...sound, ...mistake } as unknown as typeof sound);
    expect(define).toThrow(DefinitionError);
    expect(define).toThrow(message);
  });
});
