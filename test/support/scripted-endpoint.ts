import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
  Arrival,
  FaultRule,
  LoggedRequest,
  RequestCounts,
  ScriptedChatRequest,
  ScriptedEndpoint,
  ScriptedEndpointOptions,
} from './scripted-endpoint-options';
import { answerWithFault, errorBody, FaultPlan, sendJson } from './scripted-fault';
import { hashedReply, hashedVector, sha256 } from './scripted-reply';

export type * from './scripted-endpoint-options';

/**
 * An OpenAI-compatible server on 127.0.0.1 whose replies are a pure function of the request, with faults on demand.
 *
 * Beside `/v1/chat/completions`, `/v1/embeddings` and `/v1/models` it answers `/control/requests` (GET: counts and log),
 * `/control/faults` and `/control/latency` (PUT), and `/control/arrivals` (PUT of the number of requests to leave out), which
 * are neither counted nor faulty, for when it is a process of its own.
 */
export async function startScriptedEndpoint(options: ScriptedEndpointOptions = {}): Promise<ScriptedEndpoint> {
  const counts: RequestCounts = {
    total: 0,
    chat: 0,
    embeddings: 0,
    models: 0,
    faults: 0,
    peakInFlight: 0,
    byHash: {},
  };
  const log: LoggedRequest[] = [];
  const arrivals: Arrival[] = [];
  const waiting = new Set<NodeJS.Timeout>();
  let inFlight = 0;
  let faults = new FaultPlan(options.faults ?? []);
  let latencyMs = options.latencyMs ?? 0;
  let gate: { after: number; opened: Promise<void> } | undefined;

  const setFaults = (rules: FaultRule[]) => {
    faults = new FaultPlan(rules);
  };
  const setLatency = (milliseconds: number) => {
    latencyMs = milliseconds;
  };
  const hold = (after = 0) => {
    let open = () => {};
    const held = { after, opened: new Promise<void>((resolve) => (open = resolve)) };
    gate = held;
    return () => {
      if (gate === held) gate = undefined;
      open();
    };
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) sendJson(response, 400, errorBody(String(error), 'invalid_request_error'));
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const text = await readBody(request);
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    if (path.startsWith('/control/')) return control(path, body, response);

    const logged = record(request, path, text, body);
    inFlight++;
    counts.peakInFlight = Math.max(counts.peakInFlight, inFlight);
    response.once('close', () => inFlight--);
    const arrival = noteArrival(logged);
    response.once('finish', () => (arrival.answeredAt = Date.now()));

    if (options.apiKey !== undefined && request.headers.authorization !== `Bearer ${options.apiKey}`) {
      counts.faults++;
      return sendJson(response, 401, errorBody('Incorrect API key provided', 'invalid_api_key'));
    }
    const fault = faults.next(logged);
    if (fault) {
      counts.faults++;
      return answerWithFault(fault, response);
    }
    if (gate !== undefined && logged.number > gate.after) await gate.opened;
    if (latencyMs > 0) await pause(latencyMs);
    answer(path, body, response);
  }

  function record(request: IncomingMessage, path: string, text: string, body: unknown): LoggedRequest {
    const { authorization: _, ...headers } = request.headers;
    const hash = sha256(`${path}\n${text}`).toString('hex');
    const logged = { number: ++counts.total, path, headers, body, hash };
    counts.byHash[hash] = (counts.byHash[hash] ?? 0) + 1;
    if (path === '/v1/chat/completions') counts.chat++;
    if (path === '/v1/embeddings') counts.embeddings++;
    if (path === '/v1/models') counts.models++;
    log.push(logged);
    if (log.length > (options.keepRequests ?? 1000)) log.shift();
    return logged;
  }

  function noteArrival({ number, hash, headers }: LoggedRequest): Arrival {
    const arrival = { number, hash, worker: String(headers['x-worker'] ?? ''), at: Date.now(), answeredAt: null };
    arrivals.push(arrival);
    return arrival;
  }

  function pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        waiting.delete(timer);
        resolve();
      }, milliseconds);
      waiting.add(timer);
    });
  }

  function answer(path: string, body: unknown, response: ServerResponse): void {
    if (path === '/v1/models') {
      const data = (options.models ?? ['scripted']).map((id) => ({
        id,
        object: 'model',
        created: 0,
        owned_by: 'test',
      }));
      return sendJson(response, 200, { object: 'list', data });
    }
    if (path === '/v1/chat/completions')
      return sendJson(response, 200, chatReply(body as ScriptedChatRequest, options));
    if (path === '/v1/embeddings') {
      return sendJson(response, 200, embeddingsReply(body as EmbeddingsRequest, options));
    }
    sendJson(response, 404, errorBody(`Unknown path ${path}`, 'not_found'));
  }

  function control(path: string, body: unknown, response: ServerResponse): void {
    if (path === '/control/faults') setFaults(body as FaultRule[]);
    else if (path === '/control/latency') setLatency(body as number);
    else if (path === '/control/arrivals') return sendJson(response, 200, arrivals.slice(body as number));
    else if (path !== '/control/requests')
      return sendJson(response, 404, errorBody(`Unknown path ${path}`, 'not_found'));
    sendJson(response, 200, { requests: counts, log });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests: counts,
    log,
    setFaults,
    setLatency,
    hold,
    close: () =>
      new Promise<void>((resolve, reject) => {
        for (const timer of waiting) clearTimeout(timer);
        server.close((error) => (error ? reject(error) : resolve()));
        // Hanging requests would keep the server open for ever.
        server.closeAllConnections();
      }),
  };
}

interface EmbeddingsRequest {
  model: string;
  input: string | string[];
  encoding_format?: string;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function chatReply(request: ScriptedChatRequest, options: ScriptedEndpointOptions): unknown {
  const texts = Array.from({ length: request.n ?? 1 }, (_, choice) => (options.reply ?? hashedReply)(request, choice));
  const prompt = request.messages.map(({ content }) => content).join('');
  return {
    id: 'chatcmpl-scripted',
    object: 'chat.completion',
    created: 0,
    model: request.model,
    choices: texts.map((content, index) => ({
      index,
      message: { role: 'assistant', content },
      finish_reason: 'stop',
    })),
    ...(options.usage === false ? {} : { usage: usage(tokens(prompt), tokens(texts.join(''))) }),
  };
}

function embeddingsReply(request: EmbeddingsRequest, options: ScriptedEndpointOptions): unknown {
  const texts = [request.input].flat();
  const data = texts.map((text, index) => {
    const vector = (options.embed ?? hashedVector)(text, request.model);
    const embedding =
      request.encoding_format === 'base64' ? Buffer.from(Float32Array.from(vector).buffer).toString('base64') : vector;
    return { object: 'embedding', index, embedding };
  });
  return {
    object: 'list',
    model: request.model,
    data,
    ...(options.usage === false ? {} : { usage: usage(tokens(texts.join('')), 0) }),
  };
}

function tokens(text: string): number {
  return Math.ceil(text.length / 4);
}

function usage(prompt: number, completion: number): Record<string, number> {
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}
