import { databaseKinds, TestDatabases } from '../test/support/test-databases';
import type { Limits } from '../core/run/budget';
import type { Database } from './database';
import { Memo } from './memo';
import { ReservationStore, type Reservation } from './reservation-store';
import { SpendStore } from './spend-store';

const call = { calls: 1, tokens: 100, usd: 0.1 };
const usage = { promptTokens: 10, completionTokens: 20, usd: 0.03, latencyMs: 1 };
const never = new AbortController().signal;

describe.each(databaseKinds)('ReservationStore on %s', (kind) => {
  const databases = new TestDatabases(kind);
  let database: Database;
  beforeEach(async () => {
    database = await databases.open();
  });

  const spendOne = (more: object = {}) =>
    new SpendStore(database).add({ runId: 'r', kind: 'chat', role: 'x', calls: 1, usage, ...more });

  it.each<[string, Limits]>([
    ['calls', { calls: 5 }],
    ['tokens', { tokens: 500 }],
    ['US dollars', { usd: 0.5 }],
  ])('never holds back more %s than the limit, from two workers at once', async (_, limits) => {
    const [one, other] = [new ReservationStore(database), new ReservationStore(await databases.open())];
    const tried = await Promise.all(
      Array.from({ length: 16 }, (__, index) => (index % 2 === 0 ? one : other).tryReserve('r', call, limits)),
    );
    const held = tried.filter((reservation) => reservation !== undefined);
    expect(held).toHaveLength(5);
    expect((await one.reserved('r')).calls).toBe(5);
    expect(await one.tryReserve('another run', call, limits)).toBeDefined();
    await held[0]?.release();
    expect(await other.tryReserve('r', call, limits)).toBeDefined();
    expect(await other.clear('another run')).toBe(1);
    expect(await one.clear('r')).toBe(5);
  });

  it('counts what is spent on models, and nothing else', async () => {
    const store = new ReservationStore(database);
    await spendOne();
    await spendOne({ kind: 'component', calls: 7 });
    expect(await store.tryReserve('r', call, { calls: 1 })).toBeUndefined();
    expect(await store.tryReserve('r', call, { tokens: 129 })).toBeUndefined();
    expect(await store.tryReserve('r', call, { usd: 0.129 })).toBeUndefined();
    const fitting = await store.tryReserve('r', call, { calls: 2, tokens: 130, usd: 0.13 });
    expect(fitting).toBeDefined();
    await fitting?.release();
    expect(await store.tryReserve('r', call, { pauseAbove: { calls: 1 } })).toBeUndefined();
    expect(await store.tryReserve('r', call, { pauseAbove: { calls: 1.5, usd: 0.2 } })).toBeDefined();
    expect(await store.clear('r')).toBe(1);
  });

  it('is settled in the transaction that stores the memo entry, so that no moment counts a call twice or not at all', async () => {
    const store = new ReservationStore(database);
    const memo = new Memo(database);
    let reservation: Reservation | undefined;
    const request = { key: 'k', kind: 'chat', runId: 'r', role: 'x' };
    await memo.recall(
      request,
      async () => {
        reservation = await store.tryReserve('r', call, { calls: 1 });
        expect(await store.reserved('r')).toEqual(call);
        return { value: 'made', usage, calls: 1, also: [(reservation as Reservation).settlement] };
      },
      never,
    );
    reservation?.forget();
    expect(await store.reserved('r')).toEqual({ calls: 0, tokens: 0, usd: 0 });
    expect((await new SpendStore(database).totals('r')).calls).toBe(1);
  });

  it('frees what a dead worker held once its lease runs out, and keeps what a live one renews', async () => {
    const dead = new ReservationStore(database, { leaseMs: 2_500, renewEveryMs: 1_000_000 });
    const live = new ReservationStore(database, { leaseMs: 2_500, renewEveryMs: 100 });
    const reservation = await live.tryReserve('r', call, { calls: 2 });
    expect(await dead.tryReserve('r', call, { calls: 2 })).toBeDefined();
    expect(await live.tryReserve('r', call, { calls: 2 })).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect((await live.reserved('r')).calls).toBe(1);
    const second = await live.tryReserve('r', call, { calls: 2 });
    expect(second).toBeDefined();
    expect(await dead.tryReserve('r', call, { calls: 2 })).toBeUndefined();
    await reservation?.release();
    await second?.release();
    expect(await live.clear('r')).toBe(0);
  }, 30_000);

  it('wakes who waits in this process as soon as a reservation ends, and at an abort', async () => {
    const store = new ReservationStore(database);
    const reservation = await store.tryReserve('r', call, {});
    const began = performance.now();
    const waiting = store.untilReleased(60_000, never);
    await reservation?.release();
    await waiting;
    expect(performance.now() - began).toBeLessThan(5_000);
    const controller = new AbortController();
    const aborted = store.untilReleased(60_000, controller.signal);
    controller.abort(new Error('paused'));
    await expect(aborted).rejects.toThrow('paused');
  });
});
