import { keepEnds } from './keep-ends';

/** A present field of an item. */
export interface TextField {
  name: string;
  text: string;
  side: 'input' | 'output';
}

/** What the usual sentence encoder reads at most, less its own marks. An encoder that reads more is given no more. */
const budgetTokens = 250;
/** No field is cut to less: its ends would say nothing. */
const leastTokens = 8;
/** The outputs are what the reward judges: together they have two thirds, where all fields are long. */
const shareOf = { input: 1, output: 2 };

/**
 * All fields as one text, `name: text` a line, outputs last. Encoders keep the head and the tail of what is too long for
 * them, so that one long field would push out the others: where the fields together are, each keeps its own head and tail
 * within its share. What short fields leave free goes to the long ones.
 */
export function wholeText(fields: readonly TextField[]): string {
  const shares = sharesOf(fields);
  return fields.map(({ name, text }, index) => `${name}: ${keepEnds(text, shares[index] as number)}`).join('\n');
}

/** Characters for each field. */
function sharesOf(fields: readonly TextField[]): number[] {
  const demands = fields.map(({ text }) => estimatedTokens(text));
  let left = budgetTokens - fields.reduce((sum, { name }) => sum + estimatedTokens(name) + 2, 0);
  const weights = fields.map(({ side }) => shareOf[side] / fields.filter((field) => field.side === side).length);
  let weightLeft = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = fields.map(({ text }) => text.length);
  const need = (index: number): number => (demands[index] as number) / (weights[index] as number);
  // Those that need least of their share come first, so that what they leave is known.
  for (const index of [...fields.keys()].sort((a, b) => need(a) - need(b))) {
    const [demand, weight] = [demands[index] as number, weights[index] as number];
    const share = Math.max(leastTokens, (left * weight) / weightLeft);
    if (demand > share) shares[index] = Math.floor(((shares[index] as number) * share) / demand);
    left -= Math.min(demand, share);
    weightLeft -= weight;
  }
  return shares;
}

/**
 * Four characters a token in Latin script, one in others, where vocabularies hold few words or none. Tokenizers differ; this
 * is the same for all, since features must not change with the encoder's files alone.
 */
function estimatedTokens(text: string): number {
  let others = 0;
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) >= 0x370) others++;
  return others + (text.length - others) / 4;
}
