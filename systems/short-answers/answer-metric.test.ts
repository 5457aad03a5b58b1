import { answerMetric } from './answer-metric';

describe('answerMetric', () => {
  it.each([
    ['Lima', 1, 1, 'Correct.'],
    ['', 0, 0, "No answer was given; 'Lima' was expected."],
    ['Quito', 0, 0, "'Quito' is wrong; 'Lima' was expected."],
    ['It is Lima', 0.5, 0, "'It is Lima' contains the answer, but should be only 'Lima'."],
  ])('judges %j', (answer, score, exact, feedback) => {
    expect(answerMetric('Lima', answer)).toEqual({ score, subScores: { exactMatch: exact }, feedback });
  });

  it('says that an answer is partly right', () => {
    expect(answerMetric('Dutch and French', 'French, German').feedback).toBe(
      "'French, German' is partly right; 'Dutch and French' was expected.",
    );
  });
});
