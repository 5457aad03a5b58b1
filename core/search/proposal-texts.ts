import { proposalTag } from './proposer-prompt';

export interface ProposalTexts {
  texts: string[];
  rejected: { text: string; reason: string }[];
}

/** Strings nested deeper in a reply's JSON are not looked for. */
const deepest = 16;
/** Unmarked text longer than this is taken for an essay. */
const plainLimit = 1_500;
/** What stands between two tags that a sentence mentions: "between <instructions> and </instructions>". */
const mention = /^[\s`"'*]*(?:and|or|to|through|&|-|–|,)[\s`"'*]*$/i;
const scalar = /^(?:null|true|false|-?\d+(?:\.\d+)?)$/;

/**
 * The texts that a proposer's reply offers, in its order: those between tags; otherwise a JSON array or object;
 * otherwise code fences; otherwise a numbered list; otherwise the reply itself where it is short and does not talk about
 * instructions rather than give them.
 */
export function extractProposalTexts(reply: string): ProposalTexts {
  const text = withoutReasoning(reply).trim();
  if (text === '') return { texts: [], rejected: [{ text: reply, reason: 'the reply is empty' }] };
  const found = fromTags(text) ?? fromJson(text) ?? fromFences(text) ?? fromList(text) ?? fromPlainText(text);
  const texts = found.texts.map(unwrapped);
  const scalars = texts.filter((item) => scalar.test(item));
  return {
    texts: texts.filter((item) => !scalar.test(item)),
    rejected: [...found.rejected, ...scalars.map((item) => ({ text: item, reason: 'is a value, not instructions' }))],
  };
}

/** Drops what reasoning models write before they reply. */
function withoutReasoning(reply: string): string {
  const end = reply.lastIndexOf('</think>');
  if (end >= 0) return reply.slice(end + '</think>'.length);
  return /^\s*<think>/.test(reply) ? '' : reply;
}

function fromTags(text: string): ProposalTexts | undefined {
  for (const tag of [proposalTag, 'instruction', 'prompt', 'INS']) {
    const [open, close] = [`<${tag}>`, `</${tag}>`];
    if (!text.includes(open)) continue;
    // Only our own tag is known to have been meant as one when it never closes, or within a line: instructions may speak of others.
    if (tag !== proposalTag && !(text.includes(close) && beginsLine(text, open))) continue;
    const result: ProposalTexts = { texts: [], rejected: [] };
    let end = text.indexOf(close);
    for (let start = text.indexOf(open); start >= 0;) {
      const from = start + open.length;
      if (end >= 0 && end < from) end = text.indexOf(close, from);
      const next = text.indexOf(open, from);
      const complete = end >= 0 && (next < 0 || end < next);
      const piece = text.slice(from, complete ? end : next < 0 ? undefined : next);
      if (!complete) result.rejected.push({ text: piece, reason: `lacks ${close}: cut off` });
      else if (mention.test(piece))
        result.rejected.push({ text: piece, reason: 'stands between tags that are mentioned' });
      else result.texts.push(piece);
      start = next;
    }
    return result;
  }
  return undefined;
}

function beginsLine(text: string, tag: string): boolean {
  return text.split('\n').some((line) =>
    line
      .trimStart()
      .replace(/^(?:[-*]|\d{1,2}[.)]) {0,3}/, '')
      .startsWith(tag),
  );
}

function fromJson(text: string): ProposalTexts | undefined {
  for (const candidate of [text, ...fencesOf(text), announced(text, '[', ']'), announced(text, '{', '}')]) {
    if (candidate === undefined || !/^\s*["[{]/.test(candidate)) continue;
    const texts = stringsOf(parsed(candidate));
    if (texts.length > 0) return { texts, rejected: [] };
  }
  // Half a JSON document would otherwise pass for instructions.
  return /^(?:```\w*\s*)?(?:\[\s*["{]|\{\s*")/.test(text)
    ? { texts: [], rejected: [{ text, reason: 'is not valid JSON with instructions in it' }] }
    : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the caller goes on to the next reading.
    return undefined;
  }
}

/** Strings of an array, or of objects under a telling key. */
function stringsOf(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth === deepest) return [];
  if (Array.isArray(value)) return value.flatMap((member) => stringsOf(member, depth + 1));
  const telling = /^(?:improved_?|new_?)?(?:instructions?|prompts?|proposals?|candidates?|versions?|text)$/i;
  return Object.entries(value).flatMap(([key, member]) => (telling.test(key) ? stringsOf(member, depth + 1) : []));
}

function announced(text: string, open: string, close: string): string | undefined {
  const [start, end] = [text.indexOf(open), text.lastIndexOf(close)];
  return start >= 0 && end > start && isAnnouncement(text.slice(0, start)) ? text.slice(start, end + 1) : undefined;
}

/** Nothing, or words about proposals: what follows are proposals then, not a part of one. */
function isAnnouncement(head: string): boolean {
  return (
    head.trim() === '' || /\b(?:prompts?|instructions?|versions?|proposals?|options?|here|sure|certainly)\b/i.test(head)
  );
}

function fromFences(text: string): ProposalTexts | undefined {
  const texts = isAnnouncement(text.slice(0, Math.max(0, text.indexOf('```')))) ? fencesOf(text) : [];
  return texts.length > 0 ? { texts, rejected: [] } : undefined;
}

function fencesOf(text: string): string[] {
  const pieces = text.split(/^[ \t]*```[^\n`]*$/m);
  // Odd pieces lie between fences; a fence that never closes has no piece after it.
  return pieces.filter((_, index) => index % 2 === 1 && index < pieces.length - 1);
}

/**
 * Items 1, 2, ... at the start of lines, or under numbered headings; each runs to the next number, over several lines where it has
 * them. Only those of the first one's kind count: steps within a version are its text.
 */
function fromList(text: string): ProposalTexts | undefined {
  const marker =
    /^[ \t]{0,8}[*_#]{0,6}[ \t]{0,2}(?:(prompt|version|instructions?|proposal|option)[ \t]{0,2})?#?(\d{1,2})(?:[*_]{0,3}[.):][*_]{0,3}[ \t]*|[*_]{0,3}[ \t]{0,8}$)/gim;
  const starts: { from: number; text: number; kind: string }[] = [];
  for (const match of text.matchAll(marker)) {
    const [whole, word = '', number] = match;
    const bare = !/[.):]/.test(whole);
    if (bare && !/prompt|version|proposal/i.test(word)) continue;
    const kind = bare ? 'heading' : word.toLowerCase();
    if (Number(number) !== starts.length + 1 || kind !== (starts[0]?.kind ?? kind)) continue;
    starts.push({ from: match.index, text: match.index + whole.length, kind });
  }
  const head = text.slice(0, starts[0]?.from).trim();
  // A heading without punctuation may be a part of instructions, unless it comes first or after a line that announces it.
  const announced = starts[0]?.kind === 'heading' ? /^(?:[^\n]*:)?$/.test(head) : isAnnouncement(head);
  if (starts.length < 2 || !announced) return undefined;
  return { texts: starts.map((start, index) => text.slice(start.text, starts[index + 1]?.from)), rejected: [] };
}

function fromPlainText(text: string): ProposalTexts {
  const preamble = /^(?:sure|certainly|of course|okay|here(?:'s| is| are)|improved|new)\b[^\n]*:[ \t]*\n/i;
  const body = text.replace(preamble, '').trim();
  if (body.length > plainLimit) {
    return { texts: [], rejected: [{ text, reason: 'is a long text in which no instructions are marked' }] };
  }
  const chatter =
    /^(?:sure|certainly|of course|okay|i(?:'m| am| can(?:not|'t)?| would| will|'ll)?\b|sorry|unfortunately|as an ai|to improve|the (?:current|best|above) (?:instructions?|prompts?)|here (?:is|are))/i;
  return chatter.test(body)
    ? { texts: [], rejected: [{ text, reason: 'talks about instructions instead of giving them' }] }
    : { texts: [body], rejected: [] };
}

/** Without the fence or quotation marks around the whole. */
function unwrapped(text: string): string {
  const trimmed = text.trim();
  const fenced = fencesOf(trimmed);
  const inner =
    fenced.length === 1 && trimmed.startsWith('```') && trimmed.endsWith('```')
      ? (fenced[0] as string).trim()
      : trimmed;
  const quoted = /^(["'`])([\s\S]*)\1$/.exec(inner) ?? /^(“)([\s\S]*)”$/.exec(inner);
  const content = quoted?.[2];
  return content !== undefined && !content.includes(quoted?.[1] as string) ? content.trim() : inner;
}
