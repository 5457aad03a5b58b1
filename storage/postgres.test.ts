import { inspect } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { CompiledQuery } from 'kysely';
import { Client } from 'pg';
import { freePort } from '../providers/processes/free-port';
import { postgresInstalled } from '../test/support/postgres-server';
import { testServer, TestDatabases } from '../test/support/test-databases';
import { openDatabase, type Database, type OpenOptions } from './database';
import { EvaluationStore } from './evaluation-store';
import { SpendStore } from './spend-store';
import { CuttingProxy } from './testing/cutting-proxy';

jest.setTimeout(60_000);

const describePostgres = postgresInstalled() ? describe : describe.skip;
const raw = (sql: string, parameters: unknown[] = []) => ({ compile: () => CompiledQuery.raw(sql, parameters) });
const usage = { promptTokens: 1, completionTokens: 1, usd: 0.25, latencyMs: 1 };
const spent = { runId: 'r', kind: 'chat', role: 'answerer', calls: 1, usage };

/** As it is sent: 'begin isolation level read committed' is another statement. */
const commit = 'commit\0';

function claim(database: Database, runId: string) {
  return database.queries
    .insertInto('counters')
    .values({ run_id: runId, name: 'n', value: 1 })
    .onConflict((conflict) => conflict.doNothing());
}

function changed(url: string, change: (url: URL) => void): string {
  const parsed = new URL(url);
  change(parsed);
  return parsed.href;
}

async function administer(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function failure(opening: Promise<unknown>): Promise<Error> {
  return opening.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error as Error,
  );
}

describePostgres('a database on PostgreSQL', () => {
  const databases = new TestDatabases('postgres');

  describe('behind a connection that breaks', () => {
    let proxy: CuttingProxy;
    beforeEach(async () => {
      proxy = await CuttingProxy.start((await testServer()).port);
    });
    afterEach(() => proxy.stop());
    const throughProxy = (options: OpenOptions = {}) =>
      openDatabase(
        changed(databases.url, (url) => (url.port = `${proxy.port}`)),
        options,
      );

    it.each([
      ['before the commit arrives', commit, 'request'],
      ['before the reply to the commit arrives', commit, 'reply'],
      ['before the statements arrive', 'pg_advisory_xact_lock', 'request'],
      ['before the reply to the statements arrives', 'pg_advisory_xact_lock', 'reply'],
    ] as const)('neither loses nor doubles a write when it breaks %s', async (_, text, cut) => {
      const database = await throughProxy();
      proxy.cutAt(text, cut);
      const spend = new SpendStore(database);
      const written = await database.write([claim(database, 'a'), ...spend.insertions(spent), claim(database, 'a')]);
      expect(proxy.cuts).toBe(1);
      expect(written).toEqual([1, 1, 1, 0]);
      expect(await spend.totals('r')).toMatchObject({ entries: 1, calls: 1, usd: 0.25 });
      expect(await database.read(raw('select count(*) as rows from spend'))).toEqual([{ rows: 1 }]);
      await database.close();
    });

    it('does not take a refusal after a commit without a reply for its outcome', async () => {
      await administer(databases.url, "create role leaving login password 'x'");
      await administer(databases.url, 'grant create on schema public to leaving');
      const leaving = changed(databases.url, (url) => {
        [url.username, url.password, url.port] = ['leaving', 'x', `${proxy.port}`];
      });
      const database = await openDatabase(leaving);
      await administer(databases.url, 'alter role leaving nologin');
      proxy.cutAt(commit, 'reply');
      const outcomes = await Promise.all(
        ['a', 'b'].map((runId) =>
          failure(database.write([claim(database, runId), ...new SpendStore(database).insertions(spent)])),
        ),
      );
      expect(proxy.cuts).toBe(1);
      for (const outcome of outcomes) {
        expect(outcome).toMatchObject({ code: 'UNREACHABLE' });
        expect(outcome.message).toMatch(
          /not permitted to log in.*whether the last write before that was stored is not known/,
        );
      }
      await administer(databases.url, 'alter role leaving login');
      expect(await database.read(raw('select count(*) as rows from spend'))).toEqual([{ rows: 2 }]);
      await database.close();
      await administer(databases.url, 'drop owned by leaving; drop role leaving');
    });

    it('reads again when it breaks', async () => {
      const database = await throughProxy();
      proxy.cutAt('from "counters"', 'reply');
      expect(await database.read(database.queries.selectFrom('counters').selectAll())).toEqual([]);
      expect(proxy.cuts).toBe(1);
      await database.close();
    });

    it('gives up when the signal is aborted, and no one else waits for what it left', async () => {
      const controller = new AbortController();
      const database = await throughProxy({ signal: controller.signal });
      proxy.goSilent();
      const writing = database.write([claim(database, 'a')]);
      setTimeout(() => controller.abort(new Error('shutting down')), 100);
      await expect(writing).rejects.toThrow('shutting down');
      await database.close();
      const other = await databases.open();
      expect(await other.write([claim(other, 'a')])).toEqual([1]);
    });
  });

  it('gives up waiting for the lock of another when the signal is aborted', async () => {
    const controller = new AbortController();
    const [database, other] = [await databases.open({ signal: controller.signal }), new Client(databases.url)];
    await other.connect();
    await other.query("begin; select pg_advisory_xact_lock(hashtextextended('optimas ' || current_schema(), 0))");
    const writing = database.write([claim(database, 'a')]);
    setTimeout(() => controller.abort(new Error('shutting down')), 100);
    await expect(writing).rejects.toThrow('shutting down');
    await other.end();
  });

  it('goes on with what it was doing when the server is killed and started again', async () => {
    const server = await testServer();
    const database = await databases.open();
    const spend = new SpendStore(database);
    let stop = false;
    let calls = 0;
    const write = async (writer: number) => {
      for (let item = 0; !stop; item++) {
        const [inserted] = await database.write([claim(database, `${writer}/${item}`), ...spend.insertions(spent)]);
        expect(inserted).toBe(1);
        calls++;
      }
    };
    const writing = Promise.allSettled(
      Array.from({ length: 8 }, (_, writer) => write(writer).finally(() => (stop = true))),
    );
    const more = async () => {
      for (const before = calls; calls < before + 40 && !stop;) await sleep(5);
    };
    for (let kill = 0; kill < 3; kill++) {
      await more();
      await sleep(kill * 3);
      await server.kill();
      await sleep(200);
      await server.restart();
    }
    await more();
    stop = true;
    expect((await writing).filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(await spend.totals('r')).toMatchObject({ entries: calls, calls });
    expect(await database.read(raw('select count(*) as rows from spend'))).toEqual([{ rows: calls }]);
  }, 60_000);

  it('writes alike whatever the defaults of the user are', async () => {
    const options = ['transaction_isolation=serializable', 'transaction_read_only=on'].map(
      (item) => `-cdefault_${item}`,
    );
    const url = changed(databases.url, (given) =>
      given.searchParams.set('options', [...options, '-cstatement_timeout=1000', '-clock_timeout=1000'].join(' ')),
    );
    const database = await openDatabase(url, { patienceMs: 100 });
    const other = new Client(databases.url);
    await other.connect();
    await other.query("begin; select pg_advisory_xact_lock(hashtextextended('optimas ' || current_schema(), 0))");
    const level =
      "insert into counters (run_id, name, value) values (current_setting('transaction_isolation'), 'n', 1)";
    const writing = database.write([raw(level)]);
    await sleep(1_800);
    await other.end();
    expect(await writing).toEqual([1]);
    expect(await database.read(raw('select run_id from counters'))).toEqual([{ run_id: 'read committed' }]);
    await database.close();
  });

  it('does not take the wait for a free connection for a server that is away', async () => {
    const url = changed(databases.url, (given) => given.searchParams.set('connect_timeout', '2'));
    const database = await openDatabase(url, { patienceMs: 100 });
    const slow = Array.from({ length: 3 }, () => database.read(raw('select pg_sleep(2.5)')));
    expect(await database.read(raw('select 1 as one'))).toEqual([{ one: 1 }]);
    await Promise.all(slow);
    await database.close();
  });

  it('says host, port and database, and what to do, when there is no server', async () => {
    const port = await freePort();
    const away = changed(databases.url, (url) => (url.port = `${port}`));
    const error = await failure(openDatabase(away, { patienceMs: 300 }));
    expect(error).toMatchObject({ name: 'StorageError', code: 'UNREACHABLE' });
    expect(error.message).toContain(`postgres://optimas@127.0.0.1:${port}/${new URL(away).pathname.slice(1)}`);
    expect(error.message).toContain('check that the server runs');
  });

  it.each([
    ['a wrong password', (url: URL) => (url.password = 'canary-w'), 'check user and password'],
    ['a user that does not exist', (url: URL) => (url.username = 'nobody'), 'check user and password'],
    ['a database that does not exist', (url: URL) => (url.pathname = '/none'), 'create it (createdb)'],
    ['a server without TLS', (url: URL) => (url.search = '?sslmode=require'), 'sslmode=disable'],
  ])('refuses %s at once', async (_, change, remedy) => {
    const started = performance.now();
    const error = await failure(openDatabase(changed(databases.url, change)));
    expect(error).toMatchObject({ code: 'REFUSED' });
    expect(error.message).toContain(remedy);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('names a host that does not exist at once', async () => {
    const opening = openDatabase('postgres://user:canary@no-such-host.invalid/db', { patienceMs: 1_000 });
    await expect(opening).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await expect(opening).rejects.toThrow('no-such-host.invalid:5432/db');
  });

  it('shows its password nowhere', async () => {
    const canary = 'canary-5ecret';
    await administer(databases.url, `create role canary login password '${canary}'`);
    const withCanary = (change: (url: URL) => unknown) =>
      changed(databases.url, (url) => {
        url.username = 'canary';
        url.password = canary;
        change(url);
      });
    const port = await freePort();
    const urls = [
      withCanary((url) => (url.pathname = '/none')),
      withCanary((url) => (url.port = `${port}`)),
      withCanary((url) => (url.username = 'other')),
      withCanary(() => undefined),
      `postgres://canary:a#${canary}@127.0.0.1:1/db`,
      `postgres://canary:1/${canary}@127.0.0.1:1/db`,
      `postgres://canary:1?${canary}@127.0.0.1:1/db`,
      `postgres://canary:${canary}:x:y/db`,
      `postgres://127.0.0.1:${port}/db?password=${canary}`,
      withCanary((url) => (url.search = '?sslmode=verify-full&sslrootcert=/none')),
    ];
    const texts: string[] = [];
    for (const url of urls) {
      const error = await failure(openDatabase(url, { patienceMs: 100 }));
      expect(error.name).toBe('StorageError');
      texts.push(inspect(error, { depth: 20, showHidden: true }), `${error.stack}`);
    }
    await administer(databases.url, 'grant create on schema public to canary');
    const database = await openDatabase(withCanary(() => undefined));
    texts.push(inspect(database, { depth: 20 }), database.url);
    const closed = database.close().then(() => database.write([claim(database, 'a')]));
    texts.push(inspect(await failure(closed), { depth: 20 }));
    for (const text of texts) expect(text).not.toContain(canary);
    expect(database.url).toMatch(/^postgres:\/\/canary@127\.0\.0\.1:\d+\/test_/);
    await administer(databases.url, 'drop owned by canary; drop role canary');
  });

  it('says which rights are missing', async () => {
    await administer(databases.url, "create role reader login password 'x'");
    const reader = changed(databases.url, (url) => {
      url.username = 'reader';
      url.password = 'x';
    });
    const refused = openDatabase(reader);
    await expect(refused).rejects.toMatchObject({ code: 'NOT_WRITABLE' });
    await expect(refused).rejects.toThrow('grant CREATE on the schema');
    await administer(databases.url, 'drop role reader');
  });

  it('waits while there are too many connections', async () => {
    await administer(databases.url, "create role few login connection limit 2 password 'x'");
    await administer(databases.url, 'grant create on schema public to few');
    const few = changed(databases.url, (url) => {
      url.username = 'few';
      url.password = 'x';
    });
    const other = new Client({ connectionString: few });
    await other.connect();
    // We need one connection for reads and one for writes.
    await expect(openDatabase(few, { patienceMs: 100 })).rejects.toMatchObject({ code: 'UNREACHABLE' });
    setTimeout(() => void other.end(), 300);
    const database = await openDatabase(few);
    expect(await database.write([claim(database, 'a')])).toEqual([1]);
    await database.close();
    await administer(databases.url, 'drop owned by few; drop role few');
  });

  it('tries again what the server gave up, and not what cannot be stored', async () => {
    const database = await databases.open();
    const fail = (when: string, state: string) =>
      administer(
        databases.url,
        `create sequence attempts; create function fail() returns trigger language plpgsql as $$ begin
         if nextval('attempts') ${when} then raise exception 'made up' using errcode = '${state}'; end if;
         return new; end $$;
         create trigger fail before insert on counters for each row execute function fail()`,
      );
    const mend = () => administer(databases.url, 'drop function fail cascade; drop sequence attempts');
    for (const state of ['40001', '40P01', '57P01', '53300']) {
      await fail('< 3', state);
      expect(await database.write([claim(database, state)])).toEqual([1]);
      await mend();
    }
    await fail('> 0', '53100');
    const full = database.write([claim(database, 'full')]);
    await expect(full).rejects.toMatchObject({ code: 'DISK_FULL' });
    await expect(full).rejects.toThrow('free some space');
    await mend();
    expect(await database.write([claim(database, 'full')])).toEqual([1]);
  });

  it('orders by bytes, whatever the language of the database', async () => {
    const name = `language_${databases.url.slice(-8)}`;
    await administer(
      databases.url,
      `create database ${name} template template0 locale_provider icu icu_locale 'en' lc_collate 'C' lc_ctype 'C'`,
    );
    const database = await openDatabase(changed(databases.url, (url) => (url.pathname = `/${name}`)));
    const [words] = await database.read(raw("select 'a' < 'B' as language"));
    expect(words).toEqual({ language: true });
    const evaluations = new EvaluationStore(database);
    const key = { runId: 'r', purpose: 'validation' as const, iteration: 0, configurationHash: 'h' };
    const ids = ['Z', '_', 'a', 'b-1', 'b1', 'ä'];
    await evaluations.putMany(
      key,
      [...ids].reverse().map((exampleId) => ({ exampleId, drawIndex: 0, score: 1 })),
    );
    expect((await evaluations.list(key)).map(({ exampleId }) => exampleId)).toEqual(ids);
    await database.close();
  });

  it('keeps schemas of one database apart', async () => {
    await administer(databases.url, 'create schema one; create schema two');
    const schema = (name: string) => changed(databases.url, (url) => (url.search = `?options=-csearch_path%3D${name}`));
    const [one, two] = [await openDatabase(schema('one')), await openDatabase(schema('two'))];
    await Promise.all([one.write([claim(one, 'a')]), two.write([claim(two, 'a')])]);
    expect(await one.write([claim(one, 'a')])).toEqual([0]);
    await Promise.all([one.close(), two.close()]);
  });

  it("refuses another program's database", async () => {
    await administer(databases.url, 'create table songs (title text)');
    const opening = databases.open();
    await expect(opening).rejects.toMatchObject({ code: 'NOT_A_DATABASE' });
    await expect(opening).rejects.toThrow("another program's database (it has the table 'songs')");
  });
});
