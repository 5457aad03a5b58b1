import { hotpotqaMetric } from './hotpotqa-metric';

describe('hotpotqaMetric', () => {
  it.each([
    ['yes', 'Yes.', 1, 1, 'Correct.'],
    ['yes', 'yes they are', 0, 0, "'yes they are' is wrong; the answer should be only 'yes'."],
    ['yes', 'no', 0, 0, "'no' is wrong; the answer should be only 'yes'."],
    ['no way out', 'no', 0, 0, "'no' is wrong; the question is not answered by yes or no, 'no way out' was expected."],
    ['no way out', 'No, way!', 0.8, 0, "'No, way!' is partly right; 'no way out' was expected."],
    ['The Chief of Protocol', 'chief of protocol', 1, 1, 'Correct.'],
    ['Chief of Protocol', 'the protocol', 0.5, 0, "'the protocol' is partly right; 'Chief of Protocol' was expected."],
    [
      '1,999',
      'noanswer',
      0,
      0,
      "'noanswer' is wrong; the question is not answered by yes or no, '1,999' was expected.",
    ],
    ['yes', ' ', 0, 0, "No answer was given; 'yes' was expected."],
    ['Lima', 'Quito', 0, 0, "'Quito' is wrong; 'Lima' was expected."],
  ])('scores, where %j is expected, %j', (expected, answer, score, exact, feedback) => {
    const result = hotpotqaMetric(expected, answer);
    expect(result).toMatchObject({ subScores: { exactMatch: exact }, feedback });
    expect(result.score).toBeCloseTo(score, 12);
  });
});
