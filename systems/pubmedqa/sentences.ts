const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

/** The sentences of labelled sections (`RESULTS: ...`), in order, each with its section's label. */
export function sentencesOf(contexts: readonly string[]): string[] {
  return contexts.flatMap((context) => {
    const [, label = '', text = context] = /^([^:]{1,80}): ([\s\S]*)$/.exec(context) ?? [];
    const sentences = Array.from(segmenter.segment(text), ({ segment }) => segment.trim()).filter(Boolean);
    return label === '' ? sentences : sentences.map((sentence) => `${label}: ${sentence}`);
  });
}
