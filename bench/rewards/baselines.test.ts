import type { PreferencePair } from '../../core/preference/preference-pair';
import type { Encoder } from '../../providers/encoder';
import { baselines } from './baselines';

const vectors: Record<string, [number, number]> = {
  question: [1, 0],
  'question\nhint': [0, 1],
  near: [1, 0],
  close: [0.8, 0.6],
  far: [0, 1],
  opposite: [-1, 0],
  'near\nnote': [-0.6, 0.8],
};
const encoder: Encoder = {
  identity: 'tiny',
  dimension: 2,
  encode: async (texts) => texts.map((text) => Float32Array.from(vectors[text] ?? [0, 0])),
};
const inputs = { question: 'question' };

const pair = (preferred: string, rejected: string): PreferencePair => ({
  exampleId: 'e',
  inputs,
  preferred: { answer: preferred },
  rejected: { answer: rejected },
  weight: 1,
  gap: 1,
  iteration: -1,
  configurationHash: 'c',
  groundTruth: false,
  stale: false,
});
const times = (count: number, preferred: string, rejected: string): PreferencePair[] =>
  Array.from({ length: count }, () => pair(preferred, rejected));
const fitted = (training: readonly PreferencePair[], ...outputs: string[]) =>
  baselines(
    training,
    outputs.map((answer) => ({ inputs, outputs: { answer } })),
    encoder,
  );

describe('similarity', () => {
  it('is the cosine of all outputs and all inputs, fields by name', async () => {
    const items = [
      { inputs, outputs: { answer: 'close' } },
      { inputs: { z: 'hint', question: 'question' }, outputs: { note: 'note', answer: 'near' } },
    ];
    const { similarity } = await baselines([], items, encoder);
    expect(items.map((item) => similarity(item.inputs, item.outputs))).toEqual([
      expect.closeTo(0.8, 6),
      expect.closeTo(0.8, 6),
    ]);
    expect(similarity({ question: 'question' }, { note: 'note', answer: 'near' })).toBeCloseTo(-0.6, 6);
  });
});

describe('neighbours', () => {
  it('are undecided where nothing was trained on', async () => {
    const { neighbours } = await fitted([], 'near');
    expect(neighbours(inputs, { answer: 'near' })).toBe(0.5);
  });

  /** 'near' is preferred in 3 of 4 pairs, 'close' in 2 of 8; the others are further from 'near'. */
  const training = [
    ...times(3, 'near', 'close'),
    ...times(2, 'close', 'opposite'),
    ...times(3, 'far', 'close'),
    pair('far', 'near'),
  ];

  it('lets the nearest vote as often as they occurred, ten in all', async () => {
    const { neighbours } = await fitted(training, 'near', 'opposite');
    // All 4 of 'near' and 6 of the 8 of 'close'.
    expect(neighbours(inputs, { answer: 'near' })).toBeCloseTo((3 + 6 * (2 / 8)) / 10, 12);
    // Both of 'opposite', all 4 of 'far', 4 of the 8 of 'close'.
    expect(neighbours(inputs, { answer: 'opposite' })).toBeCloseTo((0 + 4 + 4 * (2 / 8)) / 10, 12);
    expect(neighbours(inputs, { answer: 'near' })).toBeCloseTo(0.45, 12);
  });

  it('takes the share of fewer than ten', async () => {
    const { neighbours } = await fitted([pair('near', 'far'), pair('near', 'close')], 'near');
    expect(neighbours(inputs, { answer: 'near' })).toBeCloseTo(0.5, 12);
  });
});

describe('length', () => {
  const [longer, shorter, equal] = [pair('opposite', 'near'), pair('far', 'near'), pair('near', 'near')];

  it.each([
    ['for the longer', [longer, longer, shorter], 1],
    ['for the shorter', [longer, shorter, shorter, equal, equal], -1],
    ['for the longer where neither leads', [longer, shorter, equal], 1],
  ])('is %s', async (_, training, direction) => {
    const { length } = await fitted(training);
    expect(length(inputs, { answer: 'four' })).toBe(4 * direction);
    expect(length(inputs, { answer: 'four', list: ['a', 'bc'] })).toBe(9 * direction);
  });
});
