import { missingFrom, shareIn, type FieldSurface } from './surface-features';

export const evidenceNames = [
  'new-in-input',
  'new-in-best-item',
  'new-in-best-sentence',
  'new-rarity-in-best-item',
  'log-new-not-in-input',
  'log-new-outside-best-item',
  'log-asked-words',
] as const;

/** What an input field holds of what the other input fields ask for: depends on a component's inputs alone. */
export interface Evidence {
  input: FieldSurface;
  /** Words of the other input fields. */
  asked: ReadonlySet<string>;
  bestItem: ReadonlySet<string>;
  bestSentence: ReadonlySet<string>;
  /** Of a word, in nats: the fewer of the field's sentences have it, the more. */
  rarity: ReadonlyMap<string, number>;
}

/**
 * Finds the item and the sentence of `input` that have most of the other fields' words, rare ones before common ones; of equal ones
 * the first. So of passages and a question, the passage that the question is about.
 */
export function evidenceOf(input: FieldSurface, others: readonly FieldSurface[]): Evidence {
  const asked = new Set(others.flatMap(({ words }) => words));
  const { items, sentences } = input;
  const sentencesByWord = partsByWord(sentences);
  const rarity = new Map(
    Array.from(sentencesByWord, ([word, { length }]) => [word, Math.log1p(sentences.length / length)]),
  );
  const best = (parts: readonly ReadonlySet<string>[], having = partsByWord(parts)): ReadonlySet<string> => {
    const sums = new Float64Array(parts.length);
    for (const word of asked) {
      for (const part of having.get(word) ?? []) sums[part] = (sums[part] as number) + (rarity.get(word) ?? 0);
    }
    return parts[sums.indexOf(sums.reduce((most, sum) => Math.max(most, sum), 0))] ?? new Set<string>();
  };
  return { input, asked, bestItem: best(items), bestSentence: best(sentences, sentencesByWord), rarity };
}

/**
 * How an output uses the evidence, in the order of `evidenceNames`: of its new words, which no other input field has, how many are
 * in the input, and how many where the others point. To repeat the question is no answer, nor is a name from the wrong passage: what a
 * field says beside one other field alone does not show that.
 */
export function evidenceFeatures(
  { input, asked, bestItem, bestSentence, rarity }: Evidence,
  output: FieldSurface,
): number[] {
  const fresh = new Set([...output.wordSet].filter((word) => !asked.has(word)));
  const found = new Set([...fresh].filter((word) => input.wordSet.has(word)));
  const weight = (words: ReadonlySet<string>): number => sumOf(words, (word) => rarity.get(word) ?? 0);
  return [
    shareIn(fresh, input.wordSet),
    shareIn(fresh, bestItem),
    shareIn(fresh, bestSentence),
    weight(new Set([...found].filter((word) => bestItem.has(word)))) / (1 + weight(found)),
    Math.log1p(missingFrom(fresh, input.wordSet)),
    Math.log1p(missingFrom(found, bestItem)),
    Math.log1p(output.wordSet.size - fresh.size),
  ];
}

/** Where each word is: long fields have thousands of sentences, and as many words are asked for. */
function partsByWord(parts: readonly ReadonlySet<string>[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const [index, part] of parts.entries()) {
    for (const word of part) {
      const places = found.get(word);
      if (places === undefined) found.set(word, [index]);
      else places.push(index);
    }
  }
  return found;
}

function sumOf(words: ReadonlySet<string>, valueOf: (word: string) => number): number {
  let sum = 0;
  for (const word of words) sum += valueOf(word);
  return sum;
}
