import type { Step } from './climb';

/** Terms are shown once: only a step that installs the thing shows them, when it has. */
export function showingTerms<T>(terms: string | undefined, step: Step<T>): Step<T> {
  return {
    ...step,
    take: async (attempt) => {
      const value = await step.take(attempt);
      if (terms !== undefined) attempt.progress({ message: terms });
      return value;
    },
  };
}
