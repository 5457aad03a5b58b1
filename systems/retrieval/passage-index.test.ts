import { countries } from '../quickstart/countries';
import { passages } from '../quickstart/passages';
import { questionDataset, type Question } from '../quickstart/questions';
import { passageIndex, type Encode } from './passage-index';
import { countWords } from './testing/count-words';
import type { Dataset } from '../../core/system/system';

const few = ['Peru is big. Its capital is Lima.', 'Chad is dry. Its capital is Ndjamena.', 'Oslo is a city in Norway.'];

describe('passageIndex', () => {
  it('finds the right passage first by BM25 for most questions', async () => {
    const { train, validation, test } = questionDataset() as Dataset<Question>;
    const questions = [...train, ...validation, ...test];
    const index = passageIndex(passages, countWords);
    let first = 0;
    for (const item of questions) {
      const [best] = await index.search(item.question, { k: 1, mode: 'bm25', blend: 0.5 });
      if (best === passages[countries.findIndex((country) => country.code === item.country)]) first++;
    }
    expect(first / questions.length).toBeGreaterThan(0.95);
  });

  it('gives the k best, best first, the same every time', async () => {
    const settings = { k: 2, mode: 'hybrid', blend: 0.5 } as const;
    const found = await passageIndex(few, countWords).search('capital of Chad', settings);
    expect(found).toEqual([few[1], few[0]]);
    expect(await passageIndex(few, countWords).search('capital of Chad', settings)).toEqual(found);
  });

  it('needs no encoder for BM25 and embeds the passages once for the other modes', async () => {
    const encoded: number[] = [];
    const index = passageIndex(few, (texts) => {
      encoded.push(texts.length);
      return countWords(texts);
    });
    await index.search('Lima', { k: 1, mode: 'bm25', blend: 0.5 });
    expect(encoded).toEqual([]);
    await Promise.all([1, 2].map(() => index.search('Lima', { k: 1, mode: 'dense', blend: 0.5 })));
    expect(encoded.filter((count) => count === few.length)).toHaveLength(1);
  });

  it('embeds the passages again after a failure', async () => {
    let failures = 1;
    const index = passageIndex(few, (texts) =>
      failures-- > 0 ? Promise.reject(new Error('encoder is down')) : countWords(texts),
    );
    const settings = { k: 1, mode: 'dense', blend: 1 } as const;
    await expect(index.search('Oslo', settings)).rejects.toThrow('encoder is down');
    expect(await index.search('Oslo', settings)).toEqual([few[2]]);
  });

  it('ranks by position, so that equal passages are told apart', async () => {
    const index = passageIndex(['Oslo', 'Lima', 'Oslo'], countWords);
    expect(await index.rank('oslo', { k: 2, mode: 'hybrid', blend: 0.5 })).toEqual([0, 2]);
  });

  it('weighs words and meaning by blend', async () => {
    // Words favour the first passage; this encoder puts every query next to the last one.
    const encode: Encode = async (texts) => texts.map((text) => (text === few[0] || text === few[1] ? [0, 1] : [1, 0]));
    const best = async (blend: number) =>
      (await passageIndex(few, encode).search('Peru Lima', { k: 1, mode: 'hybrid', blend }))[0];
    expect(await best(0.1)).toBe(few[0]);
    expect(await best(0.9)).toBe(few[2]);
  });

  it('answers an empty query, and words that no passage has, with the first passages', async () => {
    const index = passageIndex(few, countWords);
    expect(await index.search('', { k: 2, mode: 'hybrid', blend: 0.5 })).toEqual(few.slice(0, 2));
    expect(await index.search('zzz', { k: 1, mode: 'bm25', blend: 0.5 })).toEqual([few[0]]);
  });

  it('ignores case and accents', async () => {
    const index = passageIndex(['Nouméa', 'Lomé'], countWords);
    expect(await index.search('LOME', { k: 1, mode: 'bm25', blend: 0 })).toEqual(['Lomé']);
  });
});
