import { z } from 'zod';
import { component } from './component';
import {
  changedSettings,
  checkConfiguration,
  configurationHash,
  initialConfiguration,
  withComponent,
  type Configuration,
} from './configuration';
import { system } from './system';
import { integer, model, oneOf, prompt } from './variable';

const shape = { text: z.string() };
const qa = system({
  name: 'qa',
  input: z.object(shape),
  output: z.object({ answer: z.string() }),
  components: [
    component({
      name: 'answerer',
      description: '',
      input: z.object(shape),
      output: z.object({ answer: z.string() }),
      configuration: {
        prompt: prompt('Answer {text}.', { demonstrations: { max: 1 }, placeholders: ['text'], maxCharacters: 40 }),
        k: integer(1, 5),
        blend: oneOf(['low', 'high']),
        model: model(['small', 'large']),
      },
      run: () => ({ answer: '' }),
    }),
  ],
  metric: () => 0,
  dataset: { train: [], validation: [], test: [] },
});
const initial = initialConfiguration(qa);
const changed = (settings: object): Configuration =>
  withComponent(initial, 'answerer', { ...initial['answerer'], ...settings });
const demonstration = { inputs: { text: 'a' }, outputs: { answer: 'b' } };

describe('configuration', () => {
  it('starts from the initial values and is never mutated by an override', () => {
    const before = JSON.stringify(initial);
    const other = changed({ k: 5 });
    expect(JSON.stringify(initial)).toBe(before);
    expect(initial['answerer']).toMatchObject({ k: 3, blend: 'low', model: 'small' });
    expect(configurationHash(other)).not.toBe(configurationHash(initial));
  });

  it('hashes by content, whatever the order of keys', () => {
    expect(configurationHash({ a: { x: 1, y: 2 } })).toBe(configurationHash({ a: { y: 2, x: 1 } }));
  });

  it('says which settings changed, with the two parts of a prompt apart', () => {
    const after = changed({
      prompt: { instructions: 'Shortly: {text}', demonstrations: [demonstration] },
      k: 4,
      model: 'large',
    });
    expect(changedSettings(qa, initial, after).map((change) => `${change.variable} ${change.kind}`)).toEqual([
      'prompt instructions',
      'prompt demonstrations',
      'k hyperparameter',
      'model model',
    ]);
    expect(changedSettings(qa, initial, changed({}))).toEqual([]);
  });

  it('accepts what is in the space', () => {
    expect(() => checkConfiguration(qa, changed({ k: 1, blend: 'high' }))).not.toThrow();
  });

  it.each<[object, string]>([
    [{ k: undefined }, "variable 'k' has no value"],
    [{ k: 9 }, "variable 'k' is 9; expected a number in 1..5"],
    [{ k: 1.5 }, "variable 'k' is 1.5; expected a whole number"],
    [{ blend: 'middle' }, 'variable \'blend\' is "middle"; expected one of ["low","high"]'],
    [{ model: 'huge' }, 'variable \'model\' is "huge"; expected one of small, large'],
    [{ prompt: 'text' }, "variable 'prompt' must be {instructions, demonstrations}"],
    [{ prompt: { instructions: ' ', demonstrations: [] } }, "variable 'prompt' has empty instructions"],
    [{ prompt: { instructions: 'No.', demonstrations: [] } }, "variable 'prompt' lacks the placeholder {text}"],
    [
      { prompt: { instructions: `{text}${'x'.repeat(40)}`, demonstrations: [] } },
      "variable 'prompt' is longer than 40 characters",
    ],
    [
      { prompt: { instructions: '{text}', demonstrations: [demonstration, demonstration] } },
      "variable 'prompt' has 2 demonstrations; at most 1",
    ],
    [
      { prompt: { instructions: '{text}', demonstrations: ['question and answer'] } },
      "variable 'prompt' has a demonstration that is not {inputs, outputs}",
    ],
    [{ extra: 1 }, "configuration of component 'answerer' has no variable 'extra'"],
  ])('rejects %j, naming component and variable', (settings, message) => {
    expect(() => checkConfiguration(qa, changed(settings))).toThrow(message);
    expect(() => checkConfiguration(qa, changed(settings))).toThrow("component 'answerer'");
  });

  it('rejects a component that the system does not have', () => {
    expect(() => checkConfiguration(qa, { ...initial, judge: {} })).toThrow("system 'qa' has no component 'judge'");
  });
});
