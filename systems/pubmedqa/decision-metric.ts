import type { MetricResult } from '../../core/system/run-context';
import { decisions, type Decision } from './pubmedqa-row';

/**
 * The decision that an answer begins with: its whole first word, whatever its case and marks. `Notable` is not `no`, and
 * `It is yes` begins with none.
 */
export function decisionOf(answer: string): Decision | undefined {
  const word = firstWord(answer)
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
  return decisions.find((decision) => decision === word);
}

/** Accuracy: 1 where the answer begins with the expected decision. The sub-score says whether it begins with any. */
export function decisionMetric(expected: Decision, answer: string): MetricResult {
  const given = decisionOf(answer);
  const score = given === expected ? 1 : 0;
  return { score, subScores: { readable: given === undefined ? 0 : 1 }, feedback: feedbackOn(expected, given, answer) };
}

function feedbackOn(expected: Decision, given: Decision | undefined, answer: string): string {
  if (given === expected) return 'Correct.';
  if (given !== undefined) return `'${given}' is wrong; '${expected}' was expected.`;
  if (answer.trim() === '') return `No answer was given; '${expected}' was expected.`;
  return `The answer should begin with yes, no or maybe, not with '${firstWord(answer)}'; '${expected}' was expected.`;
}

function firstWord(answer: string): string {
  return answer.trim().split(/\s+/, 1)[0] ?? '';
}
