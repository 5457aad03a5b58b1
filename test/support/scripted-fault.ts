import type { ServerResponse } from 'node:http';
import type { Fault, FaultCondition, FaultRule, LoggedRequest } from './scripted-endpoint-options';

/** The first rule that strikes this request, counting down the rules that strike only so often. */
export class FaultPlan {
  readonly #rules: { rule: FaultRule; left: number }[];

  constructor(rules: readonly FaultRule[]) {
    this.#rules = rules.map((rule) => ({ rule, left: rule.times ?? Infinity }));
  }

  next(request: LoggedRequest): Fault | undefined {
    const hit = this.#rules.find(({ rule, left }) => left > 0 && strikes(rule.when, request));
    if (!hit) return undefined;
    hit.left--;
    return hit.rule.fault;
  }
}

function strikes(when: FaultCondition, request: LoggedRequest): boolean {
  if (when === 'always') return true;
  if (typeof when === 'function') return when(request);
  if ('request' in when) return [when.request].flat().includes(request.number);
  if ('after' in when) return request.number > when.after;
  if ('every' in when) return request.number % when.every === 0;
  return JSON.stringify(request.body).includes(JSON.stringify(when.contains).slice(1, -1));
}

/** Answers with the fault; `hang` never answers, and the connection stays open until either side closes it. */
export function answerWithFault(fault: Fault, response: ServerResponse): void {
  switch (fault.type) {
    case 'rate-limit':
      return sendJson(response, 429, errorBody('Rate limit reached', 'rate_limit_exceeded'), {
        ...(fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) }),
        ...(fault.retryAfterMs === undefined ? {} : { 'retry-after-ms': String(fault.retryAfterMs) }),
      });
    case 'quota':
      return sendJson(response, 429, errorBody('You exceeded your current quota', 'insufficient_quota'));
    case 'server-error':
      return sendJson(response, fault.status ?? 500, errorBody('The server had an error', 'server_error'));
    case 'unauthorized':
      return sendJson(response, 401, errorBody('Incorrect API key provided', 'invalid_api_key'));
    case 'malformed':
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(fault.body ?? '{"choices": [{"message": {"cont');
      return;
    case 'hang-after-headers':
      response.writeHead(fault.status ?? 200, { 'content-type': 'application/json' });
      response.write('{"choices": [');
      return;
    case 'hang':
      return;
    case 'drop':
      response.socket?.destroy();
      return;
    case 'reply':
      return sendJson(response, fault.status, fault.body, fault.headers);
  }
}

export function errorBody(message: string, code: string): { error: { message: string; type: string; code: string } } {
  return { error: { message, type: code, code } };
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
