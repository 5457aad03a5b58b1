import type { Json } from '../system/json';
import {
  fieldSurface,
  interactionSurface,
  interactionSurfaceNames,
  outputSurface,
  outputSurfaceNames,
} from './surface-features';

type OutputName = (typeof outputSurfaceNames)[number];
type InteractionName = (typeof interactionSurfaceNames)[number];

const items = ['a', 'd c b', 'd c'];

const outputCases: [OutputName, Json | undefined, number][] = [
  ['missing', undefined, 1],
  ['missing', null, 0],
  ['missing', '', 0],
  ['empty', ' \n', 1],
  ['empty', null, 1],
  ['empty', ' a', 0],
  ['characters', 'two\nlines', 9],
  ['log-characters', ' abc', Math.log(5)],
  ['log-words', 'no, No 7!', Math.log(4)],
  ['word-length', 'a bcdef!', 3],
  ['word-length', '?!', 0],
  ['distinct-words', 'the The cat the', 0.5],
  ['distinct-words', '?!', 0],
  ['log-items', ['a b', 'c'], Math.log(3)],
  ['log-items', [], 0],
  ['log-items', 'a\nb', 0],
  ['number', 0, 1],
  ['number', ' -2.5 ', 1],
  ['number', '2'.repeat(32), 1],
  ['number', '2'.repeat(33), 0],
  ['number', '2 cats', 0],
  ['number', 'Infinity', 0],
  ['number', ' ', 0],
  ['signed-log-number', 7, Math.log(8)],
  ['signed-log-number', '-7', -Math.log(8)],
  ['signed-log-number', 'seven', 0],
  ['has-digit', 'room ٣', 1],
  ['has-digit', 'room', 0],
  ['punctuation', 'a, (b+c)。', 4 / 9],
  ['punctuation', '', 0],
  ['capitals', 'ÉtAt', 0.5],
  ['capitals', '', 0],
  ['log-lines', 'a\nb\n', Math.log(3)],
  ['log-lines', 'a', 0],
  ['ends-sentence', 'Is 1.5 it? ', 1],
  ['ends-sentence', '終わり。', 1],
  ['ends-sentence', '1.5', 0],
];

const interactionCases: [InteractionName, Json | undefined, Json | undefined, number][] = [
  ['output-in-input', ['A c', 'b d'], ['x, a', 'b b'], 2 / 3],
  ['input-in-output', ['A c', 'b d'], ['x, a', 'b b'], 2 / 4],
  ['bigrams-in-input', 'a b c', 'A b d a b', 1 / 3],
  ['bigrams-in-input', 'a b c', 'a', 0],
  ['contained', 'The Old Town', ' old t\n', 1],
  ['contained', 'old t', 'The Old Town', 0],
  ['contained', 'old', ' ', 0],
  ['identical', ' Lima', 'LIMA ', 1],
  ['identical', 'Lima, Peru', 'Lima', 0],
  ['identical', '', '', 0],
  ['log-length-ratio', 'abc', 'abcdefg', Math.log(2)],
  ['log-length-ratio', 'abc', undefined, -Math.log(4)],
  ['cosine', 'a', 'b', 0.3],
  ['output-names-in-input', 'lima or Quito', 'Lima, Lima and Cuzco', 2 / 3],
  ['output-names-in-input', 'lima or Quito', 'or', 0],
  ['input-names-in-output', 'Ann met Bob and Ann in 1999', 'ann 1999', 2 / 3],
  ['input-names-in-output', 'a', 'a', 0],
  ['log-names-not-in-input', 'to Lima', 'to Cuzco, Cuzco, Lima, 7', Math.log(4)],
  ['log-words-not-in-input', 'a b', 'a c c d 7', Math.log(4)],
  ['input-in-first-item', 'a b c d', items, 1 / 4],
  ['input-in-first-item', 'a b', 'b', 1 / 2],
  ['input-in-last-item', 'a b c d', items, 2 / 4],
  ['input-in-best-item', 'a b c d', items, 3 / 4],
  ['input-in-best-item', 'a b c d', [], 0],
  ['output-in-first-item', items, 'A b c d', 1 / 4],
  ['output-in-first-item', 'b', 'a b', 1 / 2],
  ['output-in-last-item', items, 'A b c d', 2 / 4],
  ['output-in-last-item', [], 'a', 0],
];

describe('outputSurface', () => {
  it.each(outputCases)('%s of %j', (name, value, expected) => {
    const surface = outputSurface(fieldSurface(value));
    expect(surface).toHaveLength(outputSurfaceNames.length);
    expect(surface[outputSurfaceNames.indexOf(name)]).toBeCloseTo(expected, 12);
  });

  it('counts up to 2,000 characters, in the logarithm all', () => {
    const surface = outputSurface(fieldSurface('x'.repeat(3_000)));
    expect(surface[outputSurfaceNames.indexOf('characters')]).toBe(2_000);
    expect(surface[outputSurfaceNames.indexOf('log-characters')]).toBeCloseTo(Math.log(3_001), 12);
  });

  it('has a case above for each of its names', () => {
    expect(new Set(outputCases.map(([name]) => name))).toEqual(new Set(outputSurfaceNames));
  });
});

describe('interactionSurface', () => {
  it.each(interactionCases)('%s of %j and %j', (name, input, output, expected) => {
    const surface = interactionSurface(fieldSurface(input), fieldSurface(output), 0.3);
    expect(surface).toHaveLength(interactionSurfaceNames.length);
    expect(surface[interactionSurfaceNames.indexOf(name)]).toBeCloseTo(expected, 12);
  });

  it('has a case above for each of its names', () => {
    expect(new Set(interactionCases.map(([name]) => name))).toEqual(new Set(interactionSurfaceNames));
  });
});

describe('fieldSurface', () => {
  it('has words and items alike however a text is written: compatible forms, capitals, marks', () => {
    expect(fieldSurface('Ｌｉｍａ, हिन्दी').words).toEqual(['lima', 'हिन्दी']);
    expect(fieldSurface(['ＯＮＥ', { two: 'Cafe\u0301' }]).items).toEqual([new Set(['one']), new Set(['two', 'café'])]);
  });
});
