/** The part of a chat request that a scripted reply depends on. */
export interface ScriptedRequest {
  model: string;
  messages: readonly { role: string; content: string }[];
  temperature?: number | null | undefined;
  seed?: number | null | undefined;
}

const terse = /\b(brief|briefly|short|concise|concisely|only|just|exact|exactly|keywords?)\b/i;

/** Instructions that a request which is neither a query nor an answer gets: it is taken for a proposer's. */
const proposals = [
  'Reply briefly, with only the words that are asked for.',
  'Use only the given text and answer in as few words as possible: be exact.',
  'Take your time and be friendly.',
];

/**
 * What the scripted endpoint of `scriptedChain` replies: a pure function of the request, so that a run repeats exactly.
 * Instructions that ask for few words, demonstrations, and a model with `large` in its name all help; a temperature
 * makes the reply depend on the seed.
 */
export function scriptedReply(request: ScriptedRequest): string {
  const question = request.messages.at(-1)?.content ?? '';
  const instructions = request.messages.find((message) => message.role === 'system')?.content ?? '';
  const demonstrations = request.messages.filter((message) => message.role === 'assistant').length;
  const temperature = Math.min(1, request.temperature ?? 0);
  const short = terse.test(instructions) || demonstrations > 0;
  /** True for a fixed share of questions, and at a temperature now and then for the others. */
  const happens = (what: string, share: number): boolean => {
    const sampled = temperature > 0 && chance(`${request.seed ?? 0} ${what} ${question}`) < 0.6 * temperature;
    return sampled
      ? chance(`${request.seed ?? 0} outcome ${what} ${question}`) < 0.5
      : chance(`${what} ${question}`) < share;
  };
  if (question.trimEnd().endsWith('Query:')) {
    const [, name = '', thing = ''] = /the (\w+) (\w+)/.exec(question) ?? [];
    return happens('loses the name', short ? 0 : 0.35) ? `more about the ${thing}` : `${name} ${thing}`;
  }
  if (question.trimEnd().endsWith('Answer:')) {
    const careful = /large/i.test(request.model) ? 0 : demonstrations > 1 ? 0.1 : 0.25;
    const answer = readAnswer(question, happens('misreads', careful));
    return happens('talks', short ? 0 : 1) ? `The answer is probably ${answer}.` : answer;
  }
  return proposals[Math.floor(chance(question) * proposals.length)] as string;
}

/** How passages put what a question asks. */
const cues: Record<string, RegExp> = {
  material: /consists of (\w+)/,
  colour: /is painted (\w+)/,
  year: /opened in (\w+)/,
  builder: /was built by (\w+)/,
};

function readAnswer(prompt: string, misread: boolean): string {
  const [, attribute = '', name = '', thing = ''] = /Which (\w+) .*the (\w+) (\w+)/.exec(prompt) ?? [];
  const passages = prompt.split('\n').map((line) => line.replace('Passages: ', ''));
  const about = passages.filter((line) => line.startsWith(`The ${name} ${thing} `));
  const found = about.map((line) => cues[attribute]?.exec(line)?.[1]).find((value) => value !== undefined);
  // Too many passages distract: the last one is then read instead of the one asked for.
  const distracted =
    passages.filter((line) => line.startsWith('The ')).length > 7 && chance(`distracted ${prompt}`) < 0.6;
  if (found !== undefined && !misread && !distracted) return found;
  return passages.findLast((line) => line.startsWith('The '))?.match(/(\w+)\.$/)?.[1] ?? 'unknown';
}

/** A number in [0, 1) that depends on the text alone (FNV-1a, then mixed). */
function chance(text: string): number {
  let hash = 2166136261;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 16777619);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
