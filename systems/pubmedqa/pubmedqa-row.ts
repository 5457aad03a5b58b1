import { z } from 'zod';

export const decisions = ['yes', 'no', 'maybe'] as const;
export type Decision = (typeof decisions)[number];

/** An example: a question that an abstract answers, and the abstract without its conclusion. */
export type PubmedqaExample = {
  /** The PubMed id. */
  id: string;
  question: string;
  /** Sections of the abstract, `LABEL: text`. */
  contexts: string[];
  answer: Decision;
};

/** A row of PubMedQA, as an example. */
export const pubmedqaRow: z.ZodType<PubmedqaExample> = z
  .object({
    pmid: z.string().min(1),
    QUESTION: z.string().min(1),
    CONTEXTS: z.array(z.string()).min(1),
    LABELS: z.array(z.string()),
    final_decision: z.enum(decisions),
  })
  .refine(({ CONTEXTS, LABELS }) => CONTEXTS.length === LABELS.length, {
    path: ['LABELS'],
    message: 'expected one label per text of CONTEXTS',
  })
  .transform(({ pmid, QUESTION, CONTEXTS, LABELS, final_decision }) => ({
    id: pmid,
    question: QUESTION.trim(),
    contexts: CONTEXTS.map((text, at) => `${LABELS[at]}: ${text.trim()}`),
    answer: final_decision,
  }));
