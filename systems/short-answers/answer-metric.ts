import type { MetricResult } from '../../core/system/run-context';
import { exactMatch, tokenF1 } from './token-f1';

/** Token F1 as the score, exact match as a sub-score, and what was wrong in words. */
export function answerMetric(expected: string, answer: string): MetricResult {
  const score = tokenF1(answer, expected);
  const exact = exactMatch(answer, expected);
  return { score, subScores: { exactMatch: exact }, feedback: feedbackOn(answer, expected, score, exact) };
}

function feedbackOn(answer: string, expected: string, score: number, exact: number): string {
  if (exact === 1) return 'Correct.';
  if (answer.trim() === '') return `No answer was given; '${expected}' was expected.`;
  if (score === 0) return `'${answer}' is wrong; '${expected}' was expected.`;
  if (answer.toLowerCase().includes(expected.toLowerCase())) {
    return `'${answer}' contains the answer, but should be only '${expected}'.`;
  }
  return `'${answer}' is partly right; '${expected}' was expected.`;
}
