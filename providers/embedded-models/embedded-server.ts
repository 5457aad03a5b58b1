import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { chatRequestSchema, type ChatRequest } from './chat-request';
import type { ChatReply } from './chat-completer';
import { RequestError } from './request-error';

const maximumBodyBytes = 4 * 1024 * 1024;

/** What the server asks of the models behind it. */
export interface Completer {
  readonly names: readonly string[];
  complete(request: ChatRequest, signal: AbortSignal): Promise<ChatReply>;
}

/** An HTTP server, not yet listening, with OpenAI's `/v1/chat/completions` and `/v1/models`, and `/health`. */
export function createEmbeddedServer(completer: Completer): Server {
  const server = createServer((request, response) => {
    void answer(completer, request, response).catch((error: unknown) => {
      // The client is gone: nobody is left to tell.
      if (response.destroyed) return;
      const refused = error instanceof RequestError;
      if (!refused) console.error(error);
      send(response, refused ? error.status : 500, {
        error: {
          message: error instanceof Error ? error.message : String(error),
          type: refused ? 'invalid_request_error' : 'server_error',
          code: refused ? error.code : 'internal_error',
        },
      });
    });
  });
  // Requests queue for a free core, so none may be cut off for taking long.
  server.requestTimeout = 0;
  return server;
}

async function answer(completer: Completer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const route = `${request.method} ${new URL(request.url ?? '/', 'http://localhost').pathname}`;
  switch (route) {
    case 'GET /health':
      return send(response, 200, { status: 'ok', pid: process.pid });
    case 'GET /v1/models':
      return send(response, 200, {
        object: 'list',
        data: completer.names.map((id) => ({ id, object: 'model', created: 0, owned_by: 'optimas' })),
      });
    case 'POST /v1/chat/completions':
      return completeChat(completer, request, response);
    default:
      throw new RequestError(404, 'not_found', `there is no ${route} here`);
  }
}

async function completeChat(completer: Completer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request);
  const parsed = chatRequestSchema.safeParse(parseJson(body));
  if (!parsed.success) throw new RequestError(400, 'invalid_request', z.prettifyError(parsed.error));
  const disconnected = new AbortController();
  response.once('close', () => disconnected.abort(new Error('the client disconnected')));
  const reply = await completer.complete(parsed.data, disconnected.signal);
  send(response, 200, {
    // Derived from the request, like everything else in the reply.
    id: `chatcmpl-${createHash('sha256').update(body).digest('hex').slice(0, 24)}`,
    object: 'chat.completion',
    created: 0,
    model: parsed.data.model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: reply.text },
        logprobs: null,
        finish_reason: reply.finishReason,
      },
    ],
    usage: {
      prompt_tokens: reply.promptTokens,
      completion_tokens: reply.completionTokens,
      total_tokens: reply.promptTokens + reply.completionTokens,
    },
  });
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maximumBodyBytes)
      throw new RequestError(413, 'too_large', `a request may have ${maximumBodyBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new RequestError(400, 'invalid_json', `the body is not JSON: ${String(cause)}`);
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
