import { moveText } from '../../core/run/move-text';
import type { ResultDocument } from '../../core/run/result-document';
import { examplePriceText, pOfLevelText, scoreText, secondsText } from './figures';

/** An iteration's decision in one line. */
export function decisionText(iteration: ResultDocument['iterations'][number]): string {
  const { accepted, changed, before, after, others } = iteration;
  const moved = moveText(iteration);
  const number = `iteration ${iteration.iteration + 1}`;
  if (before === null || after === null) return `${number}: ${moved} kept (${iteration.reason})`;
  // Of a simultaneous step `moved` names all components, also those that it left as they were.
  const kinds = changed.map(({ component, variable, kind }) => {
    const what = kind === 'hyperparameter' ? variable : kind;
    return others === undefined ? what : `${component} ${what}`;
  });
  const verdict = accepted ? `accepted ${[...new Set(kinds)].join(', ')}` : 'kept';
  const prices = iteration.prices === undefined ? '' : `, ${priceChangeText(iteration.prices)} an example`;
  return `${number}: ${moved} ${verdict}, ${scoreText(before)} -> ${scoreText(after)}${prices}, ${pOfLevelText(iteration)}`;
}

/** What an example costs before and after, in money and time. */
export function priceChangeText({
  before,
  after,
}: NonNullable<ResultDocument['iterations'][number]['prices']>): string {
  const seconds = `${secondsText(before.seconds)} -> ${secondsText(after.seconds)}`;
  return `${examplePriceText(before.usd)} -> ${examplePriceText(after.usd)} and ${seconds}`;
}
