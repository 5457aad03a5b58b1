import type { Limits } from '../../core/run/budget';
import { contentHash } from '../../core/system/canonical-json';
import type { Json } from '../../core/system/json';
import type { ChatRequest, ChatResponse, Cost, ModelClients, Usage } from '../../core/system/run-context';
import { BilledFailure, type CallBound, type LanguageModels, type Place } from '../../providers/language-models';
import type { Memo, Reservation, ReservationStore, SpendStore } from '../../storage';
import { attemptFailure } from './attempt-failure';
import { checkMaxTokens } from './check-max-tokens';
import { reserveCall } from './reserve-call';

/** What a run's calls are made with and charged to. */
export interface CallMeter {
  runId: string;
  memo: Memo;
  spend: SpendStore;
  reservations: ReservationStore;
  languageModels: LanguageModels;
  limits: Limits;
  /** 1 to 5: whose calls go first at a busy endpoint. */
  priority: number;
  /** Part of every memo key: empty, or the run id for a run that ignores earlier entries. */
  scope: string;
}

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
    let reservation: Reservation | undefined;
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
      const stored = await meter.memo.recall(
        { key, kind, runId: meter.runId, role: context.role, model },
        async (signal) => {
          reservation = await reserveCall(meter, model, worst, signal);
          return { ...(await make(signal)), calls: 1, also: [reservation.settlement] };
        },
        context.signal,
      );
      reservation?.forget();
      usage.calls += 1;
      usage.promptTokens += stored.usage.promptTokens;
      usage.completionTokens += stored.usage.completionTokens;
      usage.usd += stored.usage.usd;
      usage.latencyMs += stored.usage.latencyMs;
      return stored.value as T;
    } catch (error) {
      // Should this fail too, its lease runs out by itself.
      if (reservation !== undefined) {
        await end(reservation, kind, model, error).catch(() => reservation?.forget());
      }
      failure ??= attemptFailure(error);
      throw error;
    }
  }

  /** Gives back what a failed call held, less what its reply says that it cost all the same. */
  async function end(reservation: Reservation, kind: string, model: string, error: unknown): Promise<void> {
    if (!(error instanceof BilledFailure)) return reservation.release();
    const { usage: paid } = error;
    const spend = { runId: meter.runId, kind, role: context.role, model, calls: 1, usage: paid };
    await meter.spend.add(spend, [reservation.settlement]);
    reservation.forget();
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
