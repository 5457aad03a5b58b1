import { setTimeout as sleep } from 'node:timers/promises';
import { databaseKinds, TestDatabases } from '../test/support/test-databases';
import type { Database } from './database';
import { Memo } from './memo';
import { MemoLeases } from './memo-leases';

jest.setTimeout(60_000);

const hoursMs = 3 * 3_600_000;
const times = { leaseMs: 1_000, renewEveryMs: 100 };
const usage = { promptTokens: 1, completionTokens: 1, usd: 0, latencyMs: 1 };
const request = { key: 'key', kind: 'chat', runId: 'run', role: 'answerer' };
const signal = () => new AbortController().signal;

describe.each(databaseKinds)('on %s', (kind) => {
  const databases = new TestDatabases(kind);
  let database: Database;
  beforeEach(async () => {
    database = await databases.open();
  });
  const shifted = (byMs: number) => databases.open({ now: () => Date.now() + byMs });
  const leasesOf = () => database.read(database.queries.selectFrom('memo_leases').selectAll());

  it.each([
    ['ahead', hoursMs],
    ['behind', -hoursMs],
  ])('a lease of a process that was hours %s and was killed is free once nobody renews it', async (_, byMs) => {
    expect(await new MemoLeases(await shifted(byMs), { ...times, renewEveryMs: 1e9 }).acquire('key')).toBe(true);
    const began = performance.now();
    const made = await new Memo(database, times).recall(request, async () => ({ value: 'made', usage }), signal());
    expect(made).toMatchObject({ value: 'made', hit: false });
    expect(performance.now() - began).toBeGreaterThan(0.9 * times.leaseMs);
    expect(await leasesOf()).toEqual([]);
  });

  it.each([
    ['its owner is ahead', hoursMs, 0],
    ['its owner is behind', -hoursMs, 0],
    ['the one that wants it is ahead', 0, hoursMs],
  ])('a lease is left to a process that renews it, also when %s by hours', async (_, ownerMs, otherMs) => {
    const owner = new Memo(await shifted(ownerMs), times);
    const other = new Memo(await shifted(otherMs), times);
    let begun = () => {};
    const making = new Promise<void>((resolve) => (begun = resolve));
    const first = owner.recall(
      request,
      async () => {
        begun();
        await sleep(2.5 * times.leaseMs);
        return { value: 'first', usage };
      },
      signal(),
    );
    await making;
    const second = other.recall(request, async () => ({ value: 'second', usage }), signal());
    expect((await first).value).toBe('first');
    expect(await second).toMatchObject({ value: 'first', hit: true });
  });

  it('all leases of a killed process are free at once, also one that is asked for later', async () => {
    const killed = new MemoLeases(database, { ...times, renewEveryMs: 1e9 });
    const alive = new MemoLeases(database, times);
    for (const key of ['outer', 'inner']) expect(await killed.acquire(key)).toBe(true);
    expect(await alive.acquire('alive')).toBe(true);
    const other = new MemoLeases(database, times);
    while (!(await other.acquire('outer'))) await sleep(50);
    expect(await other.acquire('inner')).toBe(true);
    expect(await other.acquire('alive')).toBe(false);
    for (const key of ['outer', 'inner']) await other.release(key);
    await alive.release('alive');
    expect(await leasesOf()).toEqual([]);
  });

  it('a lease whose write had to wait for the database is renewed before it counts', async () => {
    let writes = 0;
    const slow = {
      ...database,
      write: async (...batch: Parameters<typeof database.write>) => {
        const affected = await database.write(...batch);
        // The answer comes so late that others may have removed what was written.
        if (++writes === 1) {
          await sleep(0.6 * times.leaseMs);
          await database.write([database.queries.deleteFrom('memo_leases')]);
        }
        return affected;
      },
    };
    const leases = new MemoLeases(slow, times);
    expect(await leases.acquire('key')).toBe(false);
    expect(await leases.acquire('key')).toBe(true);
    await leases.release('key');
  });
});
