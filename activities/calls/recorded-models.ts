import { contentHash } from '../../core/system/canonical-json';
import type { Json } from '../../core/system/json';
import type { ChatRequest, ChatResponse, Cost, ModelClients, Usage } from '../../core/system/run-context';
import type { CallBound, Place } from '../../providers/language-models';
import { attemptFailure } from './attempt-failure';
import type { CallMeter } from './call-meter';
import { chargedCall } from './charged-call';
import { checkMaxTokens } from './check-max-tokens';

export interface RecordedModels extends ModelClients {
  /** What the calls so far cost, also those answered from the memo. */
  readonly usage: Cost;
  /** The first failure of a call that lies outside the system under test. */
  readonly failure: Error | undefined;
}

/**
 * Model clients for one call of a component, metric or proposer: every model call is stored under its content hash and
 * charged to the run. Where an endpoint's replies are a pure function of the request, the draw is not part of the key.
 */
export function recordedModels(
  meter: CallMeter,
  context: { role: string; seed: number; draw: string; signal: AbortSignal; temperature?: number },
): RecordedModels {
  const repeats = new Map<string, number>();
  const usage: Cost = { calls: 0, promptTokens: 0, completionTokens: 0, usd: 0, latencyMs: 0 };
  let failure: Error | undefined;

  async function call<T extends Json>(
    kind: 'chat' | 'embedding',
    model: string,
    request: unknown,
    bound: () => CallBound,
    make: (signal: AbortSignal) => Promise<{ value: T; usage: Usage }>,
  ): Promise<T> {
    try {
      const worst = bound();
      const { identity, id, pure, maxTokens } = meter.languageModels.describe(model);
      const content = contentHash({ kind, endpoint: identity, id, maxTokens, request });
      const repeat = repeats.get(content) ?? 0;
      repeats.set(content, repeat + 1);
      const key = contentHash({
        content,
        scope: meter.scope,
        draw: pure || kind === 'embedding' ? null : { draw: context.draw, role: context.role, repeat },
      });
      const stored = await chargedCall(meter, { key, kind, role: context.role, model, worst, make }, context.signal);
      usage.calls += 1;
      usage.promptTokens += stored.usage.promptTokens;
      usage.completionTokens += stored.usage.completionTokens;
      usage.usd += stored.usage.usd;
      usage.latencyMs += stored.usage.latencyMs;
      return stored.value as T;
    } catch (error) {
      failure ??= attemptFailure(error);
      throw error;
    }
  }

  const place: Place = { run: meter.runId, priority: meter.priority };
  async function chat(request: ChatRequest): Promise<ChatResponse> {
    const temperature = context.temperature ?? request.temperature ?? 0;
    const seed = temperature > 0 ? context.seed : undefined;
    const bound = () => {
      checkMaxTokens(context.role, request);
      return meter.languageModels.chatBound(request);
    };
    return call('chat', request.model, { ...request, temperature, seed }, bound, async (signal) => {
      const response = await meter.languageModels.chat(request, { temperature, seed, signal, place });
      return { value: response as unknown as Json & ChatResponse, usage: response.usage };
    });
  }
  async function embed({ model, texts }: { model: string; texts: string[] }): Promise<number[][]> {
    const bound = () => meter.languageModels.embeddingBound({ model, texts });
    return call('embedding', model, { texts }, bound, async (signal) => {
      const { vectors, usage: cost } = await meter.languageModels.embed({ model, texts }, { signal, place });
      return { value: vectors, usage: cost };
    });
  }
  return {
    usage,
    get failure() {
      return failure;
    },
    chat: (request) => mayFailUnseen(chat(request)),
    embed: (request) => mayFailUnseen(embed(request)),
  };
}

/**
 * The same promise. User code that starts several calls and leaves at the first failure never looks at the others; an
 * unhandled rejection would end the whole worker.
 */
function mayFailUnseen<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
