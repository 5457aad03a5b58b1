import { Memo } from './memo';
import { MemoLeases } from './memo-leases';
import { TemporaryFolder } from './testing/temporary-folder';

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await TemporaryFolder.create();
});
afterEach(() => folder.remove());

const hoursMs = 3 * 3_600_000;
const times = { leaseMs: 300, renewEveryMs: 60 };
const usage = { promptTokens: 1, completionTokens: 1, usd: 0, latencyMs: 1 };
const request = { key: 'key', kind: 'chat', runId: 'run', role: 'answerer' };
const signal = () => new AbortController().signal;

describe('a lease whose owner had a wrong clock', () => {
  it('is free once it is not renewed, when that process was hours ahead and was killed', async () => {
    const database = await folder.open();
    const lease = { key: 'key', owner: 'killed', expires_at: Date.now() + hoursMs };
    await database.write([database.queries.insertInto('memo_leases').values(lease)]);
    const began = performance.now();
    const made = await new Memo(database, times).recall(request, async () => ({ value: 'made', usage }), signal());
    expect(made).toMatchObject({ value: 'made', hit: false });
    expect(performance.now() - began).toBeGreaterThanOrEqual(times.leaseMs);
    expect(await database.read(database.queries.selectFrom('memo_leases').selectAll())).toEqual([]);
  });

  it('is left to it while it renews it, however far ahead it is', async () => {
    const ahead = new Memo(await folder.open({ now: () => Date.now() + hoursMs }), times);
    const other = new Memo(await folder.open(), times);
    let begun = () => {};
    const making = new Promise<void>((resolve) => (begun = resolve));
    const first = ahead.recall(
      request,
      async () => {
        begun();
        await new Promise((resolve) => setTimeout(resolve, 4 * times.leaseMs));
        return { value: 'first', usage };
      },
      signal(),
    );
    await making;
    const second = other.recall(request, async () => ({ value: 'second', usage }), signal());
    expect((await first).value).toBe('first');
    expect(await second).toMatchObject({ value: 'first', hit: true });
  });
});

describe('a lease whose write had to wait for the database', () => {
  it('is not over already when it is acquired', async () => {
    const database = await folder.open();
    let waits = 1;
    const slow = {
      ...database,
      write: async (...batch: Parameters<typeof database.write>) => {
        if (waits-- > 0) await new Promise((resolve) => setTimeout(resolve, 2 * times.leaseMs));
        return database.write(...batch);
      },
    };
    const leases = new MemoLeases(slow, times);
    expect(await leases.acquire('key')).toBe(true);
    const [row] = await database.read(database.queries.selectFrom('memo_leases').select('expires_at'));
    expect(row?.expires_at).toBeGreaterThan(Date.now());
    await leases.release('key');
  });
});
