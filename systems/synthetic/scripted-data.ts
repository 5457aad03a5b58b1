import { randomStream } from '../../core/random/stream';
import type { Example } from '../../core/system/run-context';
import { splits, type Split } from '../../core/system/system';
import { names, topics } from './vocabulary';

export interface QuestionExample extends Example {
  question: string;
  answer: string;
}

const values = {
  material: ['oak', 'granite', 'copper', 'bamboo', 'slate', 'marble', 'cedar', 'bronze'],
  colour: ['green', 'yellow', 'violet', 'orange', 'crimson', 'white', 'turquoise', 'grey'],
  year: ['1871', '1884', '1899', '1907', '1923', '1938', '1956', '1964'],
  builder: ['Moreau', 'Lindqvist', 'Tanaka', 'Okafor', 'Silva', 'Novak', 'Rossi', 'Haddad'],
} as const;
type Property = keyof typeof values;

const phrases: Record<Property, (value: string) => string> = {
  material: (value) => `consists of ${value}`,
  colour: (value) => `is painted ${value}`,
  year: (value) => `opened in ${value}`,
  builder: (value) => `was built by ${value}`,
};

/** Questions on made-up places, and four passages on each place, which name what is asked in other words. */
export function questions(
  seed: number,
  counts: Record<Split, number>,
): { examples: Record<Split, QuestionExample[]>; passages: string[] } {
  const passages: string[] = [];
  const examplesOf = (split: Split): QuestionExample[] => {
    const random = randomStream(seed, 'questions', split);
    const places = random.sample(
      names[split].flatMap((name) => topics[split].map((thing) => `${name} ${thing}`)),
      counts[split],
    );
    if (places.length < counts[split]) {
      throw new RangeError(`scriptedChain: at most ${places.length} ${split} examples, not ${counts[split]}`);
    }
    return places.map((place, index) => {
      const facts = random.shuffle(Object.keys(values) as Property[]).map((property) => {
        const value = random.choice(values[property]);
        return { property, value, passage: `The ${place} ${phrases[property](value)}.` };
      });
      passages.push(...facts.map((fact) => fact.passage));
      const asked = random.choice(facts);
      return {
        id: `${split}-${String(index).padStart(3, '0')}`,
        question: `Which ${asked.property} belongs to the ${place}?`,
        answer: asked.value,
      };
    });
  };
  const examples = Object.fromEntries(splits.map((split) => [split, examplesOf(split)]));
  return { examples: examples as Record<Split, QuestionExample[]>, passages };
}
