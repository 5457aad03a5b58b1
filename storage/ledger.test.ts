import { Ledger } from './ledger';
import { databaseKinds, TestDatabases } from '../test/support/test-databases';

jest.setTimeout(60_000);

const entry = (key: string, body: string, iteration = 0) => ({ key, iteration, kind: 'decision', body });

describe.each(databaseKinds)('Ledger on %s', (kind) => {
  const databases = new TestDatabases(kind);

  it('numbers entries per run and leaves out those that are there', async () => {
    const ledger = new Ledger(await databases.open({ now: () => 5 }));
    await ledger.append('r', [entry('baseline', 'b', -1), entry('0/decision', 'accepted')]);
    await ledger.append('r', [entry('0/decision', 'rejected'), { ...entry('1/skip', 'no signal', 1), kind: 'skip' }]);
    await ledger.append('s', [entry('baseline', 'other')]);
    expect(await ledger.list('r')).toEqual([
      { ...entry('baseline', 'b', -1), sequence: 1, at: 5 },
      { ...entry('0/decision', 'accepted'), sequence: 2, at: 5 },
      { ...entry('1/skip', 'no signal', 1), kind: 'skip', sequence: 3, at: 5 },
    ]);
    expect((await ledger.list('r', { kind: 'skip' })).map(({ key }) => key)).toEqual(['1/skip']);
    expect((await ledger.list('r', { iteration: -1 })).map(({ key }) => key)).toEqual(['baseline']);
    expect(await ledger.get('s', 'baseline')).toMatchObject({ sequence: 1, body: 'other' });
    expect(await ledger.get('s', 'none')).toBeUndefined();
  });

  it('keeps sequences without gaps when several databases append at once', async () => {
    const ledgers = await Promise.all([1, 2, 3].map(async () => new Ledger(await databases.open())));
    await Promise.all(
      ledgers.flatMap((ledger, index) =>
        Array.from({ length: 10 }, (_, item) =>
          ledger.append('r', [entry(`${index}/${item}`, 'x'.repeat(40_000)), entry(`shared/${item}`, 'y')]),
        ),
      ),
    );
    const entries = await (ledgers[0] as Ledger).list('r');
    expect(entries.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(entries.find(({ key }) => key === '2/9')?.body).toBe('x'.repeat(40_000));
  });
});
