import { z } from 'zod';

/** An example: a question with the ten paragraphs of the distractor setting, two of which have the answer. */
export type HotpotqaExample = {
  /** The data set's own. */
  id: string;
  question: string;
  /** `Title: text`, in the data set's order. */
  paragraphs: string[];
  answer: string;
  /** Titles of the paragraphs that have the answer. */
  supportingTitles: string[];
};

const fields = z.object({
  id: z.string().min(1),
  question: z.string().min(1),
  answer: z.string().min(1),
  supporting_facts: z.array(z.tuple([z.string(), z.number()])),
  context: z.array(z.tuple([z.string(), z.array(z.string())])).min(1),
});

/** A row of HotpotQA, as an example. Official files call the id `_id`. */
export const hotpotqaRow: z.ZodType<HotpotqaExample> = z.preprocess(
  (row) => (typeof row === 'object' && row !== null && '_id' in row ? { id: row._id, ...row } : row),
  fields.transform(({ id, question, answer, supporting_facts, context }) => ({
    id,
    question: spaced(question),
    paragraphs: context.map(([title, sentences]) => spaced(`${title}: ${sentences.join(' ')}`)),
    answer: spaced(answer),
    supportingTitles: [...new Set(supporting_facts.map(([title]) => title))],
  })),
);

/** Single spaces only: the official sentences begin with one, and some texts have line ends. */
function spaced(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
