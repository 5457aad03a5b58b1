import type { Json } from '../system/json';
import { evidenceFeatures, evidenceNames, evidenceOf } from './evidence-features';
import { fieldSurface } from './surface-features';

type Name = (typeof evidenceNames)[number];

const passages = ['Peru is big. The capital of Peru is Lima.', 'Chile is long. The capital of Chile is Santiago.'];

/** Name, passages, question, answer, expected. */
const cases: [Name, Json | undefined, Json | undefined, Json | undefined, number][] = [
  ['new-in-input', passages, 'capital of Chile?', 'Chile: Lima, Bogota', 1 / 2],
  ['new-in-input', passages, 'capital of Chile?', 'capital of Chile', 0],
  ['new-in-best-item', passages, 'capital of Chile?', 'Lima or Santiago', 1 / 3],
  ['new-in-best-item', 'Lima. Santiago.', 'x', 'Lima Santiago', 1],
  ['new-in-best-sentence', passages, 'capital of Chile?', 'long Santiago', 1 / 2],
  ['new-in-best-sentence', '東京 首都。京都 古い。', '古い', '京都', 1],
  ['new-in-best-sentence', '東京 首都！京都 古い？', '古い', '京都', 1],
  ['new-in-best-sentence', '東京 首都！京都 古い？', '古い', '東京', 0],
  // Both words are in one of the four sentences.
  ['new-rarity-in-best-item', passages, 'capital of Chile?', 'Lima Santiago', Math.log(5) / (1 + 2 * Math.log(5))],
  ['log-new-not-in-input', passages, 'capital of Chile?', 'Bogota Quito Chile Lima', Math.log(3)],
  ['log-new-outside-best-item', passages, 'capital of Chile?', 'Lima Peru big Santiago', Math.log(4)],
  ['log-asked-words', passages, 'capital of Chile?', 'The capital of Chile is', Math.log(4)],
  ['log-asked-words', passages, undefined, 'The capital', 0],
];

const featuresOf = (input: Json | undefined, other: Json | undefined, output: Json | undefined): number[] =>
  evidenceFeatures(evidenceOf(fieldSurface(input), [fieldSurface(other)]), fieldSurface(output));

describe('evidenceFeatures', () => {
  it.each(cases)('%s of %j asked %j and answered %j', (name, input, other, output, expected) => {
    const features = featuresOf(input, other, output);
    expect(features).toHaveLength(evidenceNames.length);
    expect(features[evidenceNames.indexOf(name)]).toBeCloseTo(expected, 12);
  });

  it('has a case above for each of its names', () => {
    expect(new Set(cases.map(([name]) => name))).toEqual(new Set(evidenceNames));
  });

  it.each([
    ['Lima. Santiago!', [['lima'], ['santiago']]],
    ['東京！京都？ 奈良。', [['東京'], ['京都'], ['奈良']]],
    ['東京｡京都．　奈良', [['東京'], ['京都'], ['奈良']]],
    ['Lima… Quito‼ Bogota', [['lima'], ['quito'], ['bogota']]],
    ['v1.5\n\n- two', [['v1', '5'], ['two']]],
    ['...', []],
  ])('reads the sentences of %j', (text, sentences) => {
    expect(fieldSurface(text).sentences.map((words) => [...words])).toEqual(sentences);
  });

  it('takes the item that the rarer words point to, and of equal ones the first', () => {
    const best = (question: string): ReadonlySet<string> =>
      evidenceOf(fieldSurface(passages), [fieldSurface(question)]).bestItem;
    expect(best('Is the capital of Chile the capital?')).toContain('santiago');
    expect(best('Is the capital big?')).toContain('lima');
    expect(best('nothing')).toContain('lima');
  });

  it('looks once at each word of long fields', () => {
    const looked = { times: 0 };
    const lines = Array.from({ length: 3_000 }, (_, at) => `word${at} line${at}`);
    const input = fieldSurface(lines.join('\n'));
    const counted = input.sentences.map((words) => {
      const own = new Set(words);
      own.has = (word) => {
        looked.times += 1;
        return words.has(word);
      };
      return own;
    });
    const other = fieldSurface(`line2999 ${lines.join(' ')}`);
    const { bestSentence } = evidenceOf({ ...input, sentences: counted }, [other]);
    expect([...bestSentence]).toEqual(['word0', 'line0']);
    expect(looked.times).toBeLessThan(10_000);
  });

  it('is finite for missing and empty fields', () => {
    for (const value of [undefined, null, '', [], '?!']) {
      expect(featuresOf(value, value, value)).toEqual(evidenceNames.map(() => 0));
    }
  });
});
