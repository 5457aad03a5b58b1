import { createHash } from 'node:crypto';
import path from 'node:path';
import type { ChatRequest } from './chat-request';
import { embeddedModels, type EmbeddedModel } from './embedded-model';
import { generateReply, type GeneratedReply, type GenerationSettings } from './generate-reply';
import { LaneQueue } from './lane-queue';
import { loadLlamaRuntime, type LlamaModel } from './llama-runtime';
import { renderChat } from './render-chat';
import { RequestError } from './request-error';
import { SequencePool } from './sequence-pool';

/** Tokens of prompt and reply together. */
const contextTokens = 3072;
const defaultMaxTokens = 256;
/** Sequences beyond those in use; each takes about 100 MB. */
const prefixesKeptWarm = 3;

interface LoadedModel {
  readonly definition: EmbeddedModel;
  readonly model: LlamaModel;
  readonly pool: SequencePool;
}

export interface ChatReply extends GeneratedReply {
  readonly promptTokens: number;
}

/**
 * Completes chats with the models in a folder. A reply is a pure function of the request: a request without a seed gets
 * one from its own content.
 */
export class ChatCompleter {
  private constructor(
    private readonly models: ReadonlyMap<string, LoadedModel>,
    private readonly lanes: LaneQueue,
  ) {}

  /** Loads every embedded model. `lanes` is how many requests are evaluated at once, one core each. */
  static async load(options: {
    readonly runtimeFolder: string;
    readonly modelsFolder: string;
    readonly lanes: number;
  }): Promise<ChatCompleter> {
    const runtime = await loadLlamaRuntime(options.runtimeFolder);
    const models = new Map<string, LoadedModel>();
    for (const definition of embeddedModels) {
      const modelPath = path.join(options.modelsFolder, definition.file);
      const model = await runtime.loadModel({ modelPath, gpuLayers: 0 });
      // A prompt's demonstrations stay evaluated while other prompts are in use: some are ranked at the same time.
      const pool = new SequencePool(model, { maximum: options.lanes + prefixesKeptWarm, contextTokens });
      models.set(definition.name, { definition, model, pool });
    }
    return new ChatCompleter(models, new LaneQueue(options.lanes));
  }

  get names(): string[] {
    return [...this.models.keys()];
  }

  /** Throws RequestError for an unknown model and for a prompt that leaves no room for a reply. */
  async complete(request: ChatRequest, signal: AbortSignal): Promise<ChatReply> {
    const loaded = this.models.get(request.model);
    if (loaded === undefined) {
      throw new RequestError(
        404,
        'model_not_found',
        `unknown model ${JSON.stringify(request.model)}: this server has ${this.names.join(', ')}`,
      );
    }
    const { definition, model, pool } = loaded;
    const prompt = tokenizedPrompt(model, definition, request);
    const room = contextTokens - prompt.length;
    if (room < 1) {
      throw new RequestError(
        400,
        'context_length_exceeded',
        `the prompt has ${prompt.length} tokens and the context holds ${contextTokens} with the reply: send a shorter prompt`,
      );
    }
    const settings = generationSettings(request, definition, room);
    const release = await this.lanes.acquire(signal, () => pool.reusable(prompt));
    try {
      const reply = await pool.use(prompt, (sequence) => generateReply(model, sequence, prompt, settings, signal));
      return { ...reply, promptTokens: prompt.length };
    } finally {
      release();
    }
  }
}

function tokenizedPrompt(model: LlamaModel, definition: EmbeddedModel, request: ChatRequest): number[] {
  const { bos, shouldPrependBosToken } = model.tokens;
  const parts = renderChat(request.messages, definition.chatStyle);
  const tokens = parts.flatMap(({ text, control }) => model.tokenize(text, control));
  return shouldPrependBosToken && bos !== null ? [bos, ...tokens] : tokens;
}

function generationSettings(request: ChatRequest, definition: EmbeddedModel, room: number): GenerationSettings {
  const limit = request.max_completion_tokens ?? request.max_tokens ?? defaultMaxTokens;
  const contentSeed = () => createHash('sha256').update(JSON.stringify(request)).digest().readUInt32BE(0);
  const { stop } = request;
  return {
    temperature: request.temperature ?? 1,
    topP: request.top_p ?? 1,
    // llama.cpp's seeds are 32 bits wide, and its largest value stands for "random".
    seed: ((request.seed ?? contentSeed()) % 0xffff_ffff) >>> 0,
    maxTokens: Math.min(limit, room),
    stops: stop === null || stop === undefined ? [] : typeof stop === 'string' ? [stop] : stop,
    singleLine: definition.chatStyle === 'plain',
  };
}
