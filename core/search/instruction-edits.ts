import type { RandomStream } from '../random/stream';
import type { Json } from '../system/json';
import type { PromptVariable } from '../system/variable';
import { distinctProposals, promptOf, propose, type Incumbent, type Proposal } from './proposal';

/** What an edit may use beside the instructions. */
export interface EditContext {
  /** The component's description. */
  description: string;
  inputFields: readonly string[];
  outputFields: readonly string[];
  placeholders: readonly string[];
}

interface InstructionEdit {
  name: string;
  apply(instructions: string, context: EditContext): string;
}

const sentence = (name: string, text: string): InstructionEdit => ({
  name,
  apply: (instructions) => addSentence(instructions, text),
});

/** General edits that have helped prompts of many tasks; which one helps here is for measurement to say. */
const edits: readonly InstructionEdit[] = [
  sentence('only the answer', 'Give only the answer, without explanation.'),
  sentence('brief', 'Be as brief as possible.'),
  sentence('one line', 'Reply with a single line.'),
  sentence('complete', 'Be complete: leave out nothing that matters.'),
  sentence('given information only', 'Use only the information given; do not add anything from elsewhere.'),
  sentence('copy key terms', 'Copy names, numbers and key terms exactly as they are given.'),
  sentence('relevant sentence first', 'First find the sentence that matters most, then base your reply on it.'),
  sentence('step by step', 'Think it through step by step before you reply.'),
  sentence('best guess', 'If you are not sure, give your best guess; never refuse.'),
  sentence('check', 'Check your reply against what was given before you finish.'),
  sentence('keywords', 'Write keywords rather than full sentences.'),
  sentence('exact format', 'Follow the requested format exactly, with nothing before or after it.'),
  {
    name: 'name the outputs',
    apply: (instructions, { outputFields }) =>
      outputFields.length === 0 ? instructions : addSentence(instructions, `Write only: ${outputFields.join(', ')}.`),
  },
  {
    name: 'name the inputs',
    apply: (instructions, { inputFields }) =>
      inputFields.length === 0
        ? instructions
        : prependSentence(instructions, `You are given: ${inputFields.join(', ')}.`),
  },
  {
    name: 'state the task',
    apply: (instructions, { description }) =>
      description.trim() === '' ? instructions : prependSentence(instructions, `Task: ${asSentence(description)}`),
  },
  {
    name: 'repeat the task',
    apply: (instructions, { description }) =>
      description.trim() === '' ? instructions : addSentence(instructions, `Remember: ${asSentence(description)}`),
  },
  {
    name: 'only the task',
    apply: (instructions, { description }) => (description.trim() === '' ? instructions : asSentence(description)),
  },
  { name: 'drop politeness', apply: dropPoliteness },
  {
    name: 'first sentence only',
    apply: (instructions, { placeholders }) => {
      const [first, ...rest] = sentencesOf(instructions);
      return [first, ...rest.filter((item) => holdsPlaceholder(item, placeholders))].join('').trim();
    },
  },
  {
    name: 'without the last sentence',
    apply: (instructions, { placeholders }) => {
      const all = sentencesOf(instructions);
      const last = all.findLastIndex((item) => !holdsPlaceholder(item, placeholders));
      return all
        .filter((_, index) => index !== last)
        .join('')
        .trim();
    },
  },
];

/**
 * The incumbent's instructions under each edit of a small library (more brief, closer to the given text, task stated,
 * sentences dropped, ...), without those that change nothing, lose a placeholder or grow too long. The order is the
 * stream's; demonstrations stay as they are.
 *
 * @throws RangeError where the component has no such prompt.
 */
export function instructionEdits(options: {
  incumbent: Incumbent;
  /** Which prompt variable. */
  variable: string;
  context: Omit<EditContext, 'placeholders'>;
  /** Most proposals; default: all. */
  count?: number;
  stream: RandomStream;
}): Proposal[] {
  const { incumbent, variable, count, stream } = options;
  const current = promptOf(incumbent, variable);
  const { placeholders } = incumbent.variables[variable] as PromptVariable;
  const context = { ...options.context, placeholders };
  const proposals = edits.map((edit) => {
    const instructions = edit.apply(current.instructions, context);
    if (instructions.trim() === current.instructions.trim()) return undefined;
    const value = { ...current, instructions } as unknown as Json;
    return propose(incumbent, { [variable]: value }, { origin: 'instruction-edit', note: edit.name });
  });
  return stream.shuffle(distinctProposals(incumbent, proposals)).slice(0, count);
}

/**
 * Adds a sentence where instructions end and the filled-in part begins: before the first line with a placeholder, and
 * before a last line that ends with a colon, which a model is to continue.
 */
function addSentence(instructions: string, text: string): string {
  if (instructions.includes(text)) return instructions;
  const lines = instructions.trimEnd().split('\n');
  const template = lines.findIndex(
    (line, index) => /\{\w+\}/.test(line) || (index === lines.length - 1 && line.endsWith(':')),
  );
  if (template < 0) return `${closed(instructions.trimEnd())} ${text}`;
  const head = lines.slice(0, template).join('\n').trimEnd();
  const tail = lines.slice(template).join('\n');
  return head === '' ? `${text}\n${tail}` : `${closed(head)} ${text}\n${tail}`;
}

function prependSentence(instructions: string, text: string): string {
  return instructions.includes(text) ? instructions : `${text}\n${instructions}`;
}

function asSentence(text: string): string {
  return closed(text.trim());
}

function closed(text: string): string {
  return /[.!?:;)\]"'`]$/.test(text) ? text : `${text}.`;
}

function dropPoliteness(instructions: string): string {
  const dropped = instructions
    .replace(
      /\b(?:you are (?:a|an) (?:very )?(?:helpful|friendly|polite|knowledgeable|expert)[^.!\n]*[.!])[ \t]*/gi,
      '',
    )
    .replace(/[ \t]*\b(?:thank you|thanks)\b(?: (?:very much|in advance|a lot))?[.!]?/gi, '')
    .replace(/,?[ \t]*\b(?:please|kindly)\b,?[ \t]*/gi, (found) => (/^[ ,\t]/.test(found) ? ' ' : ''))
    .replace(/[ \t]+([.,!?])/g, '$1')
    .trim();
  if (dropped.length === instructions.trim().length) return instructions;
  return dropped.replace(/(^|[.!?]\s+)([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase());
}

/** Sentences and lines with the space after them, so that joining gives the text back. */
function sentencesOf(text: string): string[] {
  return text.match(/[^\n]*?(?:[.!?](?=\s)\s*|\n+|$)/g)?.filter((item) => item !== '') ?? [];
}

function holdsPlaceholder(text: string, placeholders: readonly string[]): boolean {
  return placeholders.some((name) => text.includes(`{${name}}`));
}
