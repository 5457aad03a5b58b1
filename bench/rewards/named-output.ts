/** A letter with what makes it a name of an output: "output B", "the answer is: A". */
const named = /\b(?:output|option|answer|choice|letter)\s*(?:is)?\s*[:"'*(]*\s*([AB])\b/giu;
/** A capital alone, or before "is", "or", "and": in "A better one" it is an article. */
const alone = /(?<![\p{L}\p{N}])([AB])(?=\s*(?:$|[^\p{L}\p{N}\s'’])|\s+(?:is|or|and)\b)/gu;
/** The whole reply, but for signs. */
const bare = /^[^\p{L}\p{N}]*([ab])[^\p{L}\p{N}]*$/iu;

/** Which of two outputs a judge's reply names; undefined where it names none, or both. */
export function namedOutput(reply: string): 'A' | 'B' | undefined {
  const letters = new Set<string>();
  for (const pattern of [named, alone]) for (const match of reply.matchAll(pattern)) letters.add(letterOf(match));
  const whole = bare.exec(reply);
  if (whole !== null) letters.add(letterOf(whole));
  const [first, ...others] = letters;
  return others.length === 0 ? (first as 'A' | 'B' | undefined) : undefined;
}

function letterOf(match: RegExpExecArray): string {
  return (match[1] as string).toUpperCase();
}
