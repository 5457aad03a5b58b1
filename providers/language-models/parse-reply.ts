import OpenAI from 'openai';
import { estimateTokens } from '../../core/system/token-estimate';
import { MalformedReply } from './malformed-reply';

type Fields = Record<string, unknown>;

export interface Tokens {
  promptTokens: number;
  completionTokens: number;
}

/**
 * Reads a reply's body as JSON, whatever content type it claims.
 *
 * @throws MalformedReply, or the APIError that a proxy wrapped in a reply with status 200 (`{error: {code: 429}}`).
 */
export function parseBody(text: string, status: number): Fields {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // The parser's own message quotes the body, which may echo the key: it is left out.
    throw new MalformedReply(text.trim() === '' ? 'the body is empty' : 'the body is not JSON', status);
  }
  if (!isFields(body)) throw new MalformedReply('the body is not a JSON object', status);
  if (isFields(body['error']) && body['choices'] === undefined && body['data'] === undefined) {
    const code = Number(body['error']['code']);
    if (code >= 400 && code <= 599) throw OpenAI.APIError.generate(code, body, undefined, new Headers());
    throw new MalformedReply('the body is an error without a status', status, billedTokens(body));
  }
  return body;
}

/**
 * The first choice of a chat completion. Lenient: content may be a list of text parts, the usage and the finish reason
 * may be missing. A reply cut off or filtered before its first word is an answer (an empty one), not a fault.
 */
export function parseChat(
  body: Fields,
  status: number,
  prompt: string,
): { text: string; finishReason: string } & Tokens {
  const choice: unknown = Array.isArray(body['choices']) ? body['choices'][0] : undefined;
  if (!isFields(choice)) throw new MalformedReply('it has no choices', status, billedTokens(body));
  const message = isFields(choice['message']) ? choice['message'] : {};
  const finish = choice['finish_reason'];
  const answeredWithoutText =
    finish === 'length' ||
    finish === 'content_filter' ||
    (Array.isArray(message['tool_calls']) && message['tool_calls'].length > 0);
  const text =
    textOf(message['content']) ??
    textOf(message['refusal']) ??
    textOf(choice['text']) ??
    (answeredWithoutText ? '' : undefined);
  if (text === undefined) {
    throw new MalformedReply('its first choice has no content', status, billedTokens(body));
  }
  const { promptTokens, completionTokens } = reportedTokens(body);
  return {
    text,
    finishReason: typeof finish === 'string' ? finish : 'stop',
    promptTokens: promptTokens ?? estimateTokens(prompt),
    completionTokens: completionTokens ?? estimateTokens(text),
  };
}

/** One vector per text, put in order by the reply's own `index` where it has one: `[texts.length, dimension]`. */
export function parseEmbeddings(
  body: Fields,
  status: number,
  texts: readonly string[],
): { vectors: number[][]; promptTokens: number } {
  const data: unknown[] = Array.isArray(body['data']) ? body['data'] : [];
  if (data.length !== texts.length) {
    throw new MalformedReply(`it has ${data.length} vectors for ${texts.length} texts`, status, billedTokens(body));
  }
  const byIndex = new Map<number, number[]>();
  data.forEach((item, position) => {
    const vector = isFields(item) ? item['embedding'] : undefined;
    if (!isVector(vector))
      throw new MalformedReply('one of its vectors is not a list of finite numbers', status, billedTokens(body));
    const index = isFields(item) ? item['index'] : undefined;
    byIndex.set(typeof index === 'number' ? index : position, vector);
  });
  const vectors = texts.map((_, index) => {
    const vector = byIndex.get(index);
    if (!vector) throw new MalformedReply(`it has no vector for text ${index}`, status, billedTokens(body));
    return vector;
  });
  if (new Set(vectors.map((vector) => vector.length)).size > 1) {
    throw new MalformedReply('its vectors differ in length', status, billedTokens(body));
  }
  return { vectors, promptTokens: reportedTokens(body).promptTokens ?? estimateTokens(texts.join('')) };
}

/** The ids that `GET /models` lists. */
export function parseModelList(body: Fields, status: number): string[] {
  const data = body['data'];
  if (!Array.isArray(data)) throw new MalformedReply('it lists no models', status);
  return data.flatMap((item) => (isFields(item) && typeof item['id'] === 'string' ? [item['id']] : []));
}

function textOf(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return undefined;
  const texts = content.map((part: unknown) => (isFields(part) ? part['text'] : part));
  return texts.filter((text) => typeof text === 'string').join('');
}

function reportedTokens(body: Fields): Partial<Tokens> {
  const usage = isFields(body['usage']) ? body['usage'] : {};
  const [promptTokens, completionTokens] = [count(usage['prompt_tokens']), count(usage['completion_tokens'])];
  return {
    ...(promptTokens === undefined ? {} : { promptTokens }),
    ...(completionTokens === undefined ? {} : { completionTokens }),
  };
}

/** What a reply that cannot be used says that it used: it is paid for. */
function billedTokens(body: Fields): Tokens | undefined {
  const { promptTokens = 0, completionTokens = 0 } = reportedTokens(body);
  return promptTokens + completionTokens === 0 ? undefined : { promptTokens, completionTokens };
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
}

function isVector(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every(isSinglePrecision);
}

/** Vectors are stored in single precision, where a greater number would become infinite. */
function isSinglePrecision(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(Math.fround(value));
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
