import { databaseKinds, TestDatabases } from '../test/support/test-databases';
import { until } from '../test/support/until';
import type { Limits } from '../core/run/budget';
import type { Database } from './database';
import { Memo } from './memo';
import { ReservationStore, type Reservation } from './reservation-store';
import { RunStore } from './run-store';
import { SpendStore } from './spend-store';

jest.setTimeout(60_000);

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

  describe('its leases', () => {
    const leaseMs = 600;
    const renewing = { leaseMs, renewEveryMs: 50 };
    /** A process that was killed: it renews nothing. */
    const dead = { leaseMs, renewEveryMs: 1e6 };
    const one: Limits = { calls: 1 };
    const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
    const shifted = async (hours: number) => databases.open({ now: () => Date.now() + hours * 3_600_000 });

    /** Tries until it fits. @returns with the milliseconds that it took. */
    async function patiently(store: ReservationStore, limits: Limits) {
      const began = performance.now();
      for (;;) {
        const reservation = await store.tryReserve('r', call, limits);
        if (reservation !== undefined) return { reservation, took: performance.now() - began };
        await pause(20);
      }
    }

    it('of a dead worker end, and those of a live one do not', async () => {
      const live = new ReservationStore(await databases.open(), renewing);
      await live.tryReserve('r', call, { calls: 2 });
      expect(await new ReservationStore(database, dead).tryReserve('r', call, { calls: 2 })).toBeDefined();
      const other = new ReservationStore(database, renewing);
      expect(await other.tryReserve('r', call, { calls: 2 })).toBeUndefined();
      const { took } = await patiently(other, { calls: 2 });
      expect(took).toBeGreaterThan(0.9 * leaseMs);
      expect((await other.reserved('r')).calls).toBe(2);
      const until = performance.now() + 3 * leaseMs;
      const watcher = new ReservationStore(database, renewing);
      while (performance.now() < until) {
        expect(await watcher.tryReserve('r', call, { calls: 2 })).toBeUndefined();
        await pause(20);
      }
      expect(await live.clear('r')).toBe(2);
    });

    it.each([
      ['ahead of it', 3],
      ['behind it', -3],
    ])('are not ended by a worker whose clock is hours %s', async (_, hours) => {
      const [live, wrong] = [
        new ReservationStore(database, renewing),
        new ReservationStore(await shifted(hours), dead),
      ];
      const reservation = await live.tryReserve('r', call, one);
      const until = performance.now() + 3 * leaseMs;
      while (performance.now() < until) {
        expect(await wrong.tryReserve('r', call, one)).toBeUndefined();
        await pause(20);
      }
      await reservation?.release();
      expect(await wrong.tryReserve('r', call, one)).toBeDefined();
    });

    it('of a dead worker whose clock was hours ahead end as soon as all others', async () => {
      const killed = new ReservationStore(await shifted(3), dead);
      expect(await killed.tryReserve('r', call, one)).toBeDefined();
      const { took } = await patiently(new ReservationStore(database, renewing), one);
      expect(took).toBeGreaterThan(0.9 * leaseMs);
    });

    it('are put back by a renewal when others removed them meanwhile, unless they were settled or released', async () => {
      const store = new ReservationStore(database, renewing);
      const [kept, settled, released] = [
        await store.tryReserve('r', call, {}),
        await store.tryReserve('r', call, {}),
        await store.tryReserve('r', call, {}),
      ] as [Reservation, Reservation, Reservation];
      await database.write([settled.settlement]);
      await released.release();
      await database.write([database.queries.deleteFrom('reservations')]);
      while ((await store.count('r')) === 0) await pause(20);
      await pause(5 * renewing.renewEveryMs);
      expect(await store.reserved('r')).toEqual(call);
      await kept.release();
      await pause(5 * renewing.renewEveryMs);
      expect(await store.count('r')).toBe(0);
    });

    it('are not put back, nor made anew, for a run that has ended', async () => {
      const store = new ReservationStore(database, renewing);
      const runs = new RunStore(database);
      for (const runId of ['r', 'going']) {
        await runs.create({ runId, system: 's', seed: 1, status: 'running', definitionHash: 'd', input: null });
        expect(await store.tryReserve(runId, call, {})).toBeDefined();
      }
      expect(await store.ended('r')).toBe(false);
      await runs.finish('r', { status: 'completed', result: { done: true } });
      expect(await new ReservationStore(database, renewing).clear('r')).toBe(1);
      await database.write([database.queries.deleteFrom('reservations')]);
      // Both are held by this process: the renewal that puts one back has left the other out.
      await until(async () => (await store.count('going')) === 1);
      expect(await store.count('r')).toBe(0);
      expect(await store.tryReserve('r', call, {})).toBeUndefined();
      expect([await store.ended('r'), await store.ended('going')]).toEqual([true, false]);
      expect(await store.reserved('r')).toEqual({ calls: 0, tokens: 0, usd: 0 });
      await store.clear('going');
    });

    it('that were left behind end, also those of this process', async () => {
      const store = new ReservationStore(database, renewing);
      const left = await store.tryReserve('r', call, one);
      left?.forget(); // Its end could not be written.
      expect((await patiently(store, one)).took).toBeGreaterThan(0.9 * leaseMs);
    });
  });

  it('wakes who waits in this process as soon as a reservation ends, and at an abort', async () => {
    const store = new ReservationStore(database);
    const reservation = await store.tryReserve('r', call, {});
    const began = performance.now();
    const waiting = store.untilReleased('r', 60_000, never);
    await reservation?.release();
    await waiting;
    expect(performance.now() - began).toBeLessThan(5_000);
    const controller = new AbortController();
    const aborted = store.untilReleased('r', 60_000, controller.signal);
    controller.abort(new Error('paused'));
    await expect(aborted).rejects.toThrow('paused');
    await expect(store.untilReleased('r', 60_000, controller.signal)).rejects.toThrow('paused');
  });

  it('wakes the next when the one that was woken got something, or leaves', async () => {
    const store = new ReservationStore(database);
    const reservation = await store.tryReserve('r', { ...call, calls: 3 }, { calls: 3 });
    const began = performance.now();
    const controller = new AbortController();
    const leaving = store.untilReleased('r', 60_000, controller.signal);
    const trying = Array.from({ length: 3 }, async () => {
      await store.untilReleased('r', 60_000, never);
      return store.tryReserve('r', call, { calls: 3 });
    });
    const released = reservation?.release();
    // It is told first, and leaves at the same moment.
    void released?.then(() => controller.abort(new Error('paused')));
    await Promise.allSettled([leaving]);
    expect((await Promise.all(trying)).map((item) => item !== undefined)).toEqual([true, true, true]);
    expect(performance.now() - began).toBeLessThan(30_000);
  }, 70_000);
});
