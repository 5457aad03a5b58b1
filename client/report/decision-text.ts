import type { ResultDocument } from '../../core/run/result-document';
import { pText, scoreText } from './figures';

/** An iteration's decision in one line. */
export function decisionText(iteration: ResultDocument['iterations'][number]): string {
  const { component, accepted, changed, before, after, p } = iteration;
  const number = `iteration ${iteration.iteration + 1}`;
  if (before === null || after === null) return `${number}: ${component} kept (${iteration.reason})`;
  const kinds = [...new Set(changed.map(({ variable, kind }) => (kind === 'hyperparameter' ? variable : kind)))];
  const verdict = accepted ? `accepted ${kinds.join(', ')}` : 'kept';
  return `${number}: ${component} ${verdict}, ${scoreText(before)} -> ${scoreText(after)}, ${pText(p)}`;
}
