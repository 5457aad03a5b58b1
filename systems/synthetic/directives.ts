/** Directives that instructions may contain. A component follows those of them that it profits or suffers from. */
export const directives = {
  brief: { pattern: /\b(brief|briefly|concise|concisely|short)\b/i, phrase: 'Answer briefly.' },
  grounded: {
    pattern: /\bonly\b[^.]*\b(given|provided|passages?|inputs?|context|task)\b/i,
    phrase: 'Use only the given passages.',
  },
  exact: { pattern: /\b(exact|exactly|precise|precisely|specific)\b/i, phrase: 'Be exact and specific.' },
  stepwise: { pattern: /\bstep[ -]by[ -]step\b/i, phrase: 'Think step by step.' },
  checked: { pattern: /\b(check|verify|double-check)\b/i, phrase: 'Check your answer before you give it.' },
  free: { pattern: /\b(creative|creatively|imaginative|freely)\b/i, phrase: 'Be creative.' },
} as const;

export type Directive = keyof typeof directives;
