import type { MetricResult } from '../../core/system/run-context';
import { answerMetric } from '../short-answers/answer-metric';
import { exactMatch } from '../short-answers/token-f1';

/** Answers that are right or wrong as a whole. */
const closedAnswers = ['yes', 'no', 'noanswer'];

/**
 * HotpotQA's official answer score (`hotpot_evaluate_v1.py`): token F1, but an answer or reference that is yes, no or
 * noanswer must match exactly. Exact match is a sub-score.
 */
export function hotpotqaMetric(expected: string, answer: string): MetricResult {
  const isClosed = (text: string) => closedAnswers.some((closed) => exactMatch(text, closed) === 1);
  const partly = answerMetric(expected, answer);
  if (partly.subScores?.['exactMatch'] === 1 || answer.trim() === '') return partly;
  if (!isClosed(expected) && !isClosed(answer)) return partly;
  const feedback = isClosed(expected)
    ? `'${answer}' is wrong; the answer should be only '${expected}'.`
    : `'${answer}' is wrong; the question is not answered by yes or no, '${expected}' was expected.`;
  return { ...partly, score: 0, feedback };
}
