import { buildFeatures, featureTexts } from './build-features';
import { evidenceNames } from './evidence-features';
import { featureSpec } from './feature-spec';
import { fieldText } from './field-text';
import { hashedWords, hashedWordsLength } from './hashed-words';
import { interactionSurfaceNames, outputSurfaceNames } from './surface-features';

const spec = featureSpec({ inputFields: ['question', 'hint'], outputFields: ['answer'], embeddingDimension: 4 });

function embed(texts: string[]): Map<string, Float32Array> {
  return new Map(texts.map((text) => [text, Float32Array.of(text.length, 1, -1, 0.5)]));
}

function block(row: Float32Array, name: string): number[] {
  const found = spec.blocks.find((item) => item.name === name);
  if (found === undefined) throw new Error(name);
  return [...row.subarray(found.offset, found.offset + found.length)];
}

describe('featureSpec', () => {
  it('covers every feature once', () => {
    expect(spec.dimension).toBe(
      4 * (2 + 1 + 2 * 2 + 1) +
        hashedWordsLength +
        2 +
        outputSurfaceNames.length +
        2 * (interactionSurfaceNames.length + evidenceNames.length),
    );
    let offset = 0;
    for (const item of spec.blocks) {
      expect(item.offset).toBe(offset);
      offset += item.length;
    }
    expect(offset).toBe(spec.dimension);
  });

  it('refuses no outputs, repeated fields and a bad dimension', () => {
    expect(() => featureSpec({ inputFields: [], outputFields: [], embeddingDimension: 4 })).toThrow(/outputFields/);
    expect(() => featureSpec({ inputFields: ['a', 'a'], outputFields: ['b'], embeddingDimension: 4 })).toThrow(
      /repeated/,
    );
    expect(() => featureSpec({ inputFields: [], outputFields: ['b'], embeddingDimension: 0 })).toThrow(
      /embeddingDimension/,
    );
  });
});

describe('buildFeatures', () => {
  it('puts embeddings, products, differences and overlap where the spec says', () => {
    const item = { inputs: { question: 'capital of Peru', hint: 'Lima' }, outputs: { answer: 'Lima 1' } };
    const row = buildFeatures(spec, [item], embed(featureTexts(spec, item)));
    expect(block(row, 'output:answer')).toEqual([6, 1, -1, 0.5]);
    expect(block(row, 'words:answer')).toEqual([...hashedWords(['lima', '1'])]);
    expect(block(row, 'product:hint*answer')).toEqual([24, 1, 1, 0.25]);
    expect(block(row, 'difference:hint-answer')).toEqual([2, 0, 0, 0]);
    const overlap = block(row, 'surface:hint*answer');
    expect(overlap[interactionSurfaceNames.indexOf('output-in-input')]).toBe(0.5);
    expect(overlap[interactionSurfaceNames.indexOf('input-in-output')]).toBe(1);
    expect(block(row, 'surface:answer')[outputSurfaceNames.indexOf('has-digit')]).toBe(1);
  });

  it('asks each input field by the others, also where two have the same text', () => {
    const [asked, fresh] = [evidenceNames.indexOf('log-asked-words'), evidenceNames.indexOf('log-new-not-in-input')];
    const item = { inputs: { question: 'Lima', hint: 'Lima' }, outputs: { answer: 'Lima Cuzco' } };
    const row = buildFeatures(spec, [item], embed(featureTexts(spec, item)));
    for (const name of ['evidence:question*answer', 'evidence:hint*answer']) {
      expect([block(row, name)[asked], block(row, name)[fresh]]).toEqual([
        Math.fround(Math.LN2),
        Math.fround(Math.LN2),
      ]);
    }
    const other = { ...item, inputs: { question: 'Lima', hint: 'Cuzco' } };
    const rows = buildFeatures(spec, [item, other], embed([...featureTexts(spec, item), ...featureTexts(spec, other)]));
    expect([...rows.subarray(0, spec.dimension)]).toEqual([...row]);
    expect(block(rows.subarray(spec.dimension), 'evidence:question*answer')[fresh]).toBe(0);
  });

  it('has no evidence where a component has one input', () => {
    const one = featureSpec({ inputFields: ['question'], outputFields: ['answer'], embeddingDimension: 4 });
    expect(one.blocks.filter(({ name }) => name.startsWith('evidence:'))).toEqual([]);
    const item = { inputs: { question: 'Lima' }, outputs: { answer: 'Lima Cuzco' } };
    expect(buildFeatures(one, [item], embed(featureTexts(one, item)))).toHaveLength(one.dimension);
  });

  it('gives a missing optional field zeros and its flag', () => {
    const item = { inputs: { question: 'q' }, outputs: { answer: 'a' } };
    const row = buildFeatures(spec, [item], embed(featureTexts(spec, item)));
    for (const name of ['input:hint', 'product:hint*answer', 'difference:hint-answer']) {
      expect(block(row, name).map(Math.abs)).toEqual([0, 0, 0, 0]);
    }
    expect(block(row, 'missing:hint')).toEqual([1]);
    expect(block(row, 'missing:question')).toEqual([0]);
  });

  it('is finite for odd values: emoji, other scripts, 100,000 characters, lists, numbers, lone surrogates', () => {
    for (const answer of [
      '👩‍🚀🚀',
      '東京は日本の首都',
      'x'.repeat(100_000),
      ['a', 'b'],
      -1e300,
      true,
      null,
      '\ud800',
      '',
    ]) {
      const item = { inputs: { question: 'q', hint: '' }, outputs: { answer } };
      const row = buildFeatures(spec, [item], embed(featureTexts(spec, item)));
      expect(row.every(Number.isFinite)).toBe(true);
    }
  });

  it('names the text whose embedding is missing or too short', () => {
    const item = { inputs: { question: 'q' }, outputs: { answer: 'a' } };
    expect(() => buildFeatures(spec, [item], new Map())).toThrow(/no embedding for 'q'/);
    expect(() => buildFeatures(spec, [item], new Map([['q', new Float32Array(3)]]))).toThrow(/3 numbers/);
  });
});

describe('fieldText', () => {
  it('renders JSON values', () => {
    expect(fieldText(['a', 2, { z: true, b: ['c', null] }])).toBe('a\n2\nb: c\n\nz: true');
    expect(fieldText(undefined)).toBe('');
  });
});
