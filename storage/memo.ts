import type { Json } from '../core/system/json';
import type { Usage } from '../core/system/run-context';
import { BlobStore } from './blob-store';
import { chunked } from './chunked';
import { CounterStore } from './counter-store';
import type { Database } from './database';
import type { Query } from './driver';
import { backoff, delay } from './delay';
import { MemoLeases, type LeaseOptions } from './memo-leases';
import { settledOrAborted } from './settled-or-aborted';
import { SpendStore } from './spend-store';
import { StorageError } from './storage-error';
import { decodeJson, encodeJson, type StoredJson } from './stored-json';

export interface RecallRequest {
  /** Content hash of everything that the value is a function of. */
  key: string;
  /** What is made: 'chat', 'embedding', 'component'... */
  kind: string;
  /** The run that asks and is charged. */
  runId: string;
  /** For whom: a component's name, 'proposer', 'metric'... */
  role: string;
  model?: string;
}

export interface Made {
  value: Json;
  usage: Usage;
  /** Model calls that this took; 0 when not given. */
  calls?: number;
  /** What else is written in the transaction that stores the value: the end of a reservation, say. */
  also?: readonly Query[];
  /** False: the cost is recorded, and those who wait now get the value; whoever asks later makes it again. */
  keep?: boolean;
}

export interface Recalled {
  value: Json;
  /** What making the value cost, now or then. */
  usage: Usage;
  hit: boolean;
}

const hitsPrefix = 'memoHits/';

/**
 * Results under the content hash of their request (design, section 4). Values come back as parsed from storage, also
 * on a miss, so that nothing (the order of keys, say) tells a hit from a miss.
 */
export class Memo {
  private readonly blobs: BlobStore;
  private readonly spend: SpendStore;
  private readonly counters: CounterStore;
  private readonly leases: MemoLeases;
  /** By key: settles when this process no longer tries to make the value, with a value that is not kept. */
  private readonly making = new Map<string, Promise<Recalled | undefined>>();
  /** Hits not yet written, by run and kind. */
  private readonly hits = new Map<string, Map<string, number>>();

  constructor(
    private readonly database: Database,
    options: LeaseOptions = {},
  ) {
    this.blobs = new BlobStore(database);
    this.spend = new SpendStore(database);
    this.counters = new CounterStore(database);
    this.leases = new MemoLeases(database, options);
  }

  /**
   * The stored value, or what `make` gives, stored together with its cost. Of concurrent callers with one key, in any
   * process, one runs `make` and the others wait. When `make` throws, its caller gets the error, nothing is stored, and
   * those who wait try for themselves.
   *
   * @throws what `make` throws, the signal's reason, or StorageError.
   */
  async recall(
    request: RecallRequest,
    make: (signal: AbortSignal) => Promise<Made>,
    signal: AbortSignal,
  ): Promise<Recalled> {
    for (;;) {
      signal.throwIfAborted();
      const stored = await this.lookUp(request);
      if (stored !== undefined) return this.countHit(request, stored);
      const other = this.making.get(request.key);
      if (other === undefined) return this.alone(request, make, signal);
      await settledOrAborted(other, signal);
      const unkept = await other;
      if (unkept !== undefined) return this.countHit(request, unkept);
    }
  }

  /** What is stored under these keys, by key; each is a hit. Nobody is waited for. */
  async stored(
    { runId, kind }: Pick<RecallRequest, 'runId' | 'kind'>,
    keys: readonly string[],
  ): Promise<Map<string, Json>> {
    const found = new Map<string, Json>();
    for (const chunk of chunked([...new Set(keys)], 500)) {
      const rows = await this.database.read(
        this.database.queries.selectFrom('memo').select(['key', 'value']).where('key', 'in', chunk),
      );
      const values = await decodeJson(
        this.blobs,
        rows.map(({ value }) => value),
      );
      for (const [index, { key }] of rows.entries()) found.set(key, values[index] as Json);
    }
    if (found.size > 0) this.addHits(runId, kind, found.size);
    return found;
  }

  /** Queries that store a value whose cost is recorded elsewhere: what one call made of many, say (`Made.also`). */
  insertions(request: Omit<RecallRequest, 'role'>, value: Json): Query[] {
    return this.rows(request, encodeJson(value), { promptTokens: 0, completionTokens: 0, usd: 0, latencyMs: 0 });
  }

  /** Writes the hits counted since the last write for the run. */
  async flush(runId: string): Promise<void> {
    await this.withPendingHits(runId, (additions) => this.database.write(additions));
  }

  /** Memo hits of a run by kind, with those not yet written by this process. */
  async hitsByKind(runId: string): Promise<Record<string, number>> {
    await this.flush(runId);
    const counts = await this.counters.all(runId);
    return Object.fromEntries(
      Object.entries(counts)
        .filter(([name]) => name.startsWith(hitsPrefix))
        .map(([name, count]) => [name.slice(hitsPrefix.length), count]),
    );
  }

  /** Makes sure that no one else in this process tries while we do. */
  private async alone(
    request: RecallRequest,
    make: (signal: AbortSignal) => Promise<Made>,
    signal: AbortSignal,
  ): Promise<Recalled> {
    let done: (unkept?: Recalled) => void = () => {};
    let unkept: Recalled | undefined;
    this.making.set(request.key, new Promise((resolve) => (done = resolve)));
    try {
      const { kept = true, ...recalled } = await this.underLease(request, make, signal);
      if (!kept) unkept = recalled;
      return recalled;
    } finally {
      this.making.delete(request.key);
      done(unkept);
    }
  }

  private async underLease(
    request: RecallRequest,
    make: (signal: AbortSignal) => Promise<Made>,
    signal: AbortSignal,
  ): Promise<Recalled & { kept?: boolean }> {
    const wait = backoff(20, 300);
    while (!(await this.leases.acquire(request.key))) {
      await delay(wait(), signal);
      const stored = await this.lookUp(request);
      if (stored !== undefined) return this.countHit(request, stored);
    }
    try {
      // The value may have come between the last look and the lease.
      const stored = await this.lookUp(request);
      if (stored !== undefined) {
        await this.leases.release(request.key);
        return this.countHit(request, stored);
      }
      signal.throwIfAborted();
      return await this.store(request, await make(signal));
    } catch (error) {
      // Should this fail too, the lease runs out by itself; the caller needs the first error.
      await this.leases.release(request.key).catch(() => undefined);
      throw error;
    }
  }

  private async store(request: RecallRequest, made: Made): Promise<Recalled & { kept?: boolean }> {
    const { key, kind, runId, role, model } = request;
    const { usage, calls = 0, also = [], keep = true } = made;
    const value = encodeJson(made.value);
    const insertions = keep ? this.rows(request, value, usage) : [];
    const [inserted] = await this.withPendingHits(runId, (additions) =>
      this.database.write([
        ...insertions,
        ...this.spend.insertions({ runId, kind, role, model, calls, usage }),
        this.leases.removal(key),
        ...also,
        ...additions,
      ]),
    );
    this.leases.forget(key);
    if (inserted === 1 || !keep) return { value: JSON.parse(value.text) as Json, usage, hit: false, kept: keep };
    // Our lease was lost and another process came first: everyone goes on with the value that is stored.
    const stored = await this.lookUp(request);
    if (stored === undefined) throw new StorageError('FAILED', `memo entry ${key} vanished: was the file replaced?`);
    return { ...stored, hit: false };
  }

  private rows({ key, kind, runId, model }: Omit<RecallRequest, 'role'>, value: StoredJson, usage: Usage): Query[] {
    const row = {
      key,
      kind,
      run_id: runId,
      value: value.column,
      prompt_tokens: usage.promptTokens,
      completion_tokens: usage.completionTokens,
      usd: usage.usd,
      latency_ms: usage.latencyMs,
      model: model ?? null,
      created_at: this.database.now(),
    };
    return [
      this.database.queries
        .insertInto('memo')
        .values(row)
        .onConflict((conflict) => conflict.column('key').doNothing()),
      ...this.blobs.insertions(value.blobs),
    ];
  }

  private async lookUp({ key }: RecallRequest): Promise<Omit<Recalled, 'hit'> | undefined> {
    const [row] = await this.database.read(
      this.database.queries
        .selectFrom('memo')
        .where('key', '=', key)
        .select(['value', 'prompt_tokens', 'completion_tokens', 'usd', 'latency_ms']),
    );
    if (row === undefined) return undefined;
    const [value] = await decodeJson(this.blobs, [row.value]);
    return {
      value: value as Json,
      usage: {
        promptTokens: row.prompt_tokens,
        completionTokens: row.completion_tokens,
        usd: row.usd,
        latencyMs: row.latency_ms,
      },
    };
  }

  private countHit({ runId, kind }: RecallRequest, stored: Omit<Recalled, 'hit'>): Recalled {
    this.addHits(runId, kind, 1);
    return { ...stored, hit: true };
  }

  private addHits(runId: string, kind: string, more: number): void {
    const counts = this.hits.get(runId) ?? new Map<string, number>();
    this.hits.set(runId, counts.set(kind, (counts.get(kind) ?? 0) + more));
  }

  /** Hands the run's unwritten hits to `write`; they count again as unwritten when it fails. */
  private async withPendingHits(
    runId: string,
    write: (additions: ReturnType<CounterStore['addition']>[]) => Promise<number[]>,
  ): Promise<number[]> {
    const counts = this.hits.get(runId) ?? new Map<string, number>();
    this.hits.delete(runId);
    try {
      return await write([...counts].map(([kind, count]) => this.counters.addition(runId, hitsPrefix + kind, count)));
    } catch (error) {
      const newer = this.hits.get(runId) ?? new Map<string, number>();
      for (const [kind, count] of counts) newer.set(kind, (newer.get(kind) ?? 0) + count);
      this.hits.set(runId, newer);
      throw error;
    }
  }
}
