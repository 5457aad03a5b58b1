import type { PreferencePair } from '../../core/preference/preference-pair';
import { fieldText } from '../../core/reward/field-text';
import type { JsonObject } from '../../core/system/json';

/** A head that sees one word: of all words of the training outputs the one whose presence or absence is right most often. */
export function bestToken(pairs: readonly PreferencePair[]): (outputs: JsonObject) => number {
  const balance = new Map<string, number>();
  for (const { preferred, rejected } of pairs) {
    const [better, worse] = [wordsOf(preferred), wordsOf(rejected)];
    for (const word of better) if (!worse.has(word)) balance.set(word, (balance.get(word) ?? 0) + 1);
    for (const word of worse) if (!better.has(word)) balance.set(word, (balance.get(word) ?? 0) - 1);
  }
  const [token, lead] = [...balance].reduce((best, other) => (Math.abs(other[1]) > Math.abs(best[1]) ? other : best), [
    '',
    0,
  ] as [string, number]);
  return (outputs) => (wordsOf(outputs).has(token) ? Math.sign(lead) : 0);
}

function wordsOf(outputs: JsonObject): Set<string> {
  const text = Object.values(outputs).map(fieldText).join(' ').toLowerCase();
  return new Set(text.match(/[\p{L}\p{N}]+/gu) ?? []);
}
