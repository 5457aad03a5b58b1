import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Database } from './database';
import { Memo, type Made, type RecallRequest } from './memo';
import { SpendStore } from './spend-store';
import { databaseKinds, TestDatabases } from '../test/support/test-databases';
import { typescriptFlags } from '../test/support/typescript-flags';

jest.setTimeout(60_000);

const usage = { promptTokens: 10, completionTokens: 5, usd: 0.25, latencyMs: 40 };
const { signal } = new AbortController();
const request = (key: string, more: Partial<RecallRequest> = {}): RecallRequest => ({
  key,
  kind: 'chat',
  runId: 'run',
  role: 'answerer',
  model: 'small',
  ...more,
});

/** A `make` that counts its calls and can be held up. */
function maker(value: Made['value'] = 'made', gate: Promise<void> = Promise.resolve()) {
  const make = async (): Promise<Made> => {
    make.calls++;
    await gate;
    return { value, usage, calls: 1 };
  };
  make.calls = 0;
  return make;
}

describe.each(databaseKinds)('on %s', (kind) => {
  const databases = new TestDatabases(kind);
  let database: Database;
  let memo: Memo;
  beforeEach(async () => {
    database = await databases.open();
    memo = new Memo(database);
  });

  const leases = () => database.read(database.queries.selectFrom('memo_leases').selectAll());

  describe('recall', () => {
    it('makes once, then hits with the same value and cost; only making is spent', async () => {
      const make = maker({ b: 1, a: [null, 'x'] });
      const miss = await memo.recall(request('k'), make, signal);
      const hit = await memo.recall(request('k'), make, signal);
      expect(miss).toEqual({ value: { a: [null, 'x'], b: 1 }, usage, hit: false });
      expect(hit).toEqual({ ...miss, hit: true });
      expect(Object.keys(miss.value as object)).toEqual(Object.keys(hit.value as object));
      expect(make.calls).toBe(1);
      expect(await new SpendStore(database).totals('run')).toEqual({ entries: 1, calls: 1, ...usage });
      expect(await leases()).toEqual([]);
    });

    it('stores what one call made of many by itself, in the same transaction, to be read together', async () => {
      const large = 'x'.repeat(40_000);
      const parts = ['a', 'b'].map((key) =>
        memo.insertions({ key, kind: 'part', runId: 'run' }, key === 'a' ? large : key),
      );
      const make = async (): Promise<Made> => ({ value: [], usage, calls: 1, keep: false, also: parts.flat() });
      await memo.recall(request('all'), make, signal);
      const asked = { runId: 'run', kind: 'part' };
      expect(await memo.stored(asked, ['a', 'all', 'b', 'c', 'a'])).toEqual(
        new Map([
          ['a', large],
          ['b', 'b'],
        ]),
      );
      expect(await memo.stored(asked, [])).toEqual(new Map());
      expect(await memo.hitsByKind('run')).toEqual({ part: 2 });
      expect(await new SpendStore(database).totals('run')).toEqual({ entries: 1, calls: 1, ...usage });
      // An entry like all others: whoever makes it later finds it.
      expect(await memo.recall(request('b'), maker(), signal)).toMatchObject({ value: 'b', hit: true });
    });

    it('makes again what is not to be kept, and spends each time', async () => {
      const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 200));
      const make = maker('made');
      const fleeting = async (): Promise<Made> => ({ ...(await pause().then(make)), keep: false });
      for (const calls of [1, 2]) {
        expect(await memo.recall(request('k'), fleeting, signal)).toEqual({ value: 'made', usage, hit: false });
        expect(make.calls).toBe(calls);
      }
      const atOnce = await Promise.all([1, 2, 3, 4].map(() => memo.recall(request('k'), fleeting, signal)));
      expect(atOnce.map(({ value, hit }) => [value, hit]).sort()).toEqual([
        ['made', false],
        ...[1, 2, 3].map(() => ['made', true]),
      ]);
      expect(make.calls).toBe(3);
      expect(await memo.recall(request('k'), make, signal)).toMatchObject({ hit: false });
      expect(await memo.recall(request('k'), make, signal)).toMatchObject({ hit: true });
      expect(await new SpendStore(database).totals('run')).toMatchObject({ entries: 4, calls: 4 });
      expect(await leases()).toEqual([]);
    });

    it('keeps large values as blobs', async () => {
      const large = { text: 'ä'.repeat(40_000) };
      await memo.recall(request('k'), maker(large), signal);
      expect((await memo.recall(request('k'), maker('other'), signal)).value).toEqual(large);
      const [row] = await database.read(database.queries.selectFrom('memo').select('value'));
      expect(row?.value).toMatch(/^blob:[0-9a-f]{64}$/);
    });

    it('stores nothing when making throws, and only its caller gets the error', async () => {
      let failures = 0;
      let start = () => {};
      const started = new Promise<void>((resolve) => (start = resolve));
      const failing = async (): Promise<Made> => {
        failures++;
        start();
        await new Promise((resolve) => setTimeout(resolve, 20));
        throw new Error('endpoint down');
      };
      const good = maker();
      const first = memo.recall(request('k'), failing, signal);
      const others = started.then(() =>
        Promise.all([memo.recall(request('k'), good, signal), memo.recall(request('k'), good, signal)]),
      );
      await expect(first).rejects.toThrow('endpoint down');
      const recalled = await others;
      expect(recalled.map(({ value }) => value)).toEqual(['made', 'made']);
      expect(recalled.map(({ hit }) => hit).sort()).toEqual([false, true]);
      expect([failures, good.calls]).toEqual([1, 1]);
      expect(await leases()).toEqual([]);
    });

    it('makes once for many callers, in one process and through two databases', async () => {
      let open = () => {};
      const make = maker('made', new Promise((resolve) => (open = resolve)));
      const others = new Memo(await databases.open());
      const recalls = [memo, others, memo, others, memo].map((each) => each.recall(request('k'), make, signal));
      setTimeout(open, 100);
      const results = await Promise.all(recalls);
      expect(results.map((result) => result.value)).toEqual(Array(5).fill('made'));
      expect(results.filter((result) => !result.hit)).toHaveLength(1);
      expect(make.calls).toBe(1);
    });

    it('lets a caller that waits leave', async () => {
      let open = () => {};
      const gate = new Promise<void>((resolve) => (open = resolve));
      const making = memo.recall(request('k'), maker('made', gate), signal);
      const others = new Memo(await databases.open());
      for (const each of [memo, others]) {
        const leaving = new AbortController();
        setTimeout(() => leaving.abort(new Error('cancelled')), 30);
        await expect(each.recall(request('k'), maker(), leaving.signal)).rejects.toThrow('cancelled');
      }
      open();
      expect((await making).value).toBe('made');
    });

    it('takes over a lease that nobody renews, and everyone goes on with the value stored first', async () => {
      let open = () => {};
      const stuck = maker('late', new Promise((resolve) => (open = resolve)));
      const slow = new Memo(await databases.open(), { renewEveryMs: 1e6 });
      const late = slow.recall(request('k'), stuck, signal);
      while (stuck.calls === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      const quick = new Memo(database, { leaseMs: 500 });
      const taken = await quick.recall(request('k'), maker('early'), signal);
      expect(taken).toMatchObject({ value: 'early', hit: false });
      open();
      expect(await late).toMatchObject({ value: 'early', hit: false });
      expect((await new SpendStore(database).totals('run')).calls).toBe(2);
    });

    it('renews a lease while its value is being made', async () => {
      let open = () => {};
      const make = maker('made', new Promise((resolve) => (open = resolve)));
      const options = { leaseMs: 2_000, renewEveryMs: 200 };
      const making = new Memo(database, options).recall(request('k'), make, signal);
      const other = new Memo(await databases.open(), options).recall(request('k'), make, signal);
      setTimeout(open, 2.5 * options.leaseMs);
      expect((await Promise.all([making, other])).map((result) => result.hit).sort()).toEqual([false, true]);
      expect(make.calls).toBe(1);
    });

    it('counts hits by run and kind', async () => {
      await memo.recall(request('k'), maker(), signal);
      for (let i = 0; i < 3; i++) await memo.recall(request('k'), maker(), signal);
      await memo.recall(request('k', { kind: 'component' }), maker(), signal);
      await memo.recall(request('other'), maker(), signal);
      const elsewhere = new Memo(await databases.open());
      expect(await elsewhere.hitsByKind('run')).toEqual({ chat: 3, component: 1 });
      await elsewhere.recall(request('k'), maker(), signal);
      await elsewhere.flush('run');
      expect(await memo.hitsByKind('run')).toEqual({ chat: 4, component: 1 });
      expect(await memo.hitsByKind('another')).toEqual({});
    });
  });

  describe('processes', () => {
    const children: ChildProcess[] = [];
    afterEach(() => {
      for (const child of children.splice(0)) child.kill('SIGKILL');
    });

    function start(log: string, holdMs: number, leaseMs: number, keys: string[]) {
      const program = join(__dirname, 'testing', 'recall-program.js');
      const child = spawn(
        process.execPath,
        [...typescriptFlags, program, databases.url, log, `${holdMs}`, `${leaseMs}`, ...keys],
        {
          stdio: ['pipe', 'pipe', 'inherit'],
        },
      );
      children.push(child);
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      const until = async (wanted: (line: string) => boolean): Promise<string> => {
        for (;;) {
          const { value, done } = await lines.next();
          if (done === true) throw new Error('the process ended too early');
          if (wanted(value)) return value;
        }
      };
      return { child, until };
    }

    it('make every key once while they race', async () => {
      const log = databases.file('made.log');
      const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`);
      const started = [1, 2, 3].map(() => start(log, 30, 10_000, keys));
      await Promise.all(started.map(({ until }) => until((line) => line === 'ready')));
      for (const { child } of started) child.stdin?.write('go\n');
      const values = await Promise.all(started.map(({ until }) => until((line) => line.startsWith('['))));
      expect(readFileSync(log, 'utf8').trim().split('\n').sort()).toEqual([...keys].sort());
      expect(new Set(values).size).toBe(1);
      expect((await new SpendStore(database).totals('run')).promptTokens).toBe(keys.length);
    }, 60_000);

    it('free the lease of one that is killed', async () => {
      const log = databases.file('made.log');
      const { child, until } = start(log, 1e6, 400, ['k']);
      await until((line) => line === 'ready');
      child.stdin?.write('go\n');
      await until((line) => line === 'making');
      await new Promise((resolve) => setTimeout(resolve, 600));
      expect(await leases()).toHaveLength(1);
      child.kill('SIGKILL');
      const waiting = new Memo(database, { leaseMs: 400 });
      expect(await waiting.recall(request('k'), maker(), signal)).toMatchObject({ value: 'made', hit: false });
      expect(existsSync(log)).toBe(true);
    }, 60_000);
  });
});
