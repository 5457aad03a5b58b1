import { moveText } from '../../core/run/move-text';
import type { ResultDocument } from '../../core/run/result-document';
import { pText, scoreText } from './figures';

/** An iteration's decision in one line. */
export function decisionText(iteration: ResultDocument['iterations'][number]): string {
  const { accepted, changed, before, after, p } = iteration;
  const moved = moveText(iteration);
  const number = `iteration ${iteration.iteration + 1}`;
  if (before === null || after === null) return `${number}: ${moved} kept (${iteration.reason})`;
  const kinds = [...new Set(changed.map(({ variable, kind }) => (kind === 'hyperparameter' ? variable : kind)))];
  const verdict = accepted ? `accepted ${kinds.join(', ')}` : 'kept';
  return `${number}: ${moved} ${verdict}, ${scoreText(before)} -> ${scoreText(after)}, ${pText(p)}`;
}
