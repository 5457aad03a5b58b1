import { decisionMetric, decisionOf } from './decision-metric';

describe('decisionOf', () => {
  it.each([
    ['yes', 'yes'],
    ['Yes, it is.', 'yes'],
    [' **No**\nmore', 'no'],
    ['"Maybe".', 'maybe'],
    ['NO.', 'no'],
    ['Notable', undefined],
    ['no-one', undefined],
    ['nope', undefined],
    ['It is yes', undefined],
    ['yes/no', undefined],
    ['maybes', undefined],
    ['', undefined],
    [' ... ', undefined],
  ])('reads %j', (answer, expected) => {
    expect(decisionOf(answer)).toBe(expected);
  });
});

describe('decisionMetric', () => {
  it.each([
    ['yes', 'Yes, it is.', 1, 1, 'Correct.'],
    ['maybe', 'no', 0, 1, "'no' is wrong; 'maybe' was expected."],
    [
      'no',
      'Notable harm',
      0,
      0,
      "The answer should begin with yes, no or maybe, not with 'Notable'; 'no' was expected.",
    ],
    ['no', '  ', 0, 0, "No answer was given; 'no' was expected."],
  ] as const)('scores, where %j is expected, %j', (expected, answer, score, readable, feedback) => {
    expect(decisionMetric(expected, answer)).toEqual({ score, subScores: { readable }, feedback });
  });
});
