import { SpendStore } from './spend-store';
import { databaseKinds, TestDatabases } from '../test/support/test-databases';

jest.setTimeout(60_000);

const usage = { promptTokens: 100, completionTokens: 20, usd: 0.5, latencyMs: 10 };
const zero = { promptTokens: 0, completionTokens: 0, usd: 0, latencyMs: 0 };

describe.each(databaseKinds)('SpendStore on %s', (kind) => {
  const databases = new TestDatabases(kind);

  it('sums by run, kind, role and model', async () => {
    const database = await databases.open();
    const spend = new SpendStore(database);
    await Promise.all([
      spend.add({ runId: 'r', kind: 'chat', role: 'proposer', model: 'large', calls: 1, usage }),
      spend.add({ runId: 'r', kind: 'chat', role: 'answerer', model: 'small', calls: 1, usage }),
      spend.add({ runId: 'r', kind: 'chat', role: 'answerer', model: 'small', calls: 2, usage }),
      spend.add({ runId: 'r', kind: 'component', role: 'answerer', calls: 0, usage: zero }),
      spend.add({ runId: 's', kind: 'chat', role: 'answerer', model: 'small', calls: 1, usage }),
    ]);
    expect(await spend.breakdown('r')).toEqual([
      {
        kind: 'chat',
        role: 'answerer',
        model: 'small',
        entries: 2,
        calls: 3,
        promptTokens: 200,
        completionTokens: 40,
        usd: 1,
        latencyMs: 20,
      },
      { kind: 'chat', role: 'proposer', model: 'large', entries: 1, calls: 1, ...usage },
      { kind: 'component', role: 'answerer', model: undefined, entries: 1, calls: 0, ...zero },
    ]);
    expect(await spend.totals('r')).toEqual({
      entries: 4,
      calls: 4,
      promptTokens: 300,
      completionTokens: 60,
      usd: 1.5,
      latencyMs: 30,
    });
    expect(await spend.totals('r', 'component')).toEqual({ entries: 1, calls: 0, ...zero });
    expect(await spend.totals('none')).toEqual({ entries: 0, calls: 0, ...zero });

    const [row] = await database.read(
      database.queries
        .selectFrom('spend')
        .where('run_id', '=', 'r')
        .select((build) => build.fn.sum('usd').as('usd')),
    );
    expect(row?.usd).toBe(1.5);
  });
});
