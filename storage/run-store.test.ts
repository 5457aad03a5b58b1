import { RunStore } from './run-store';
import { databaseKinds, TestDatabases } from '../test/support/test-databases';

jest.setTimeout(60_000);

const run = { runId: 'b', system: 'qa', seed: 2 ** 31, status: 'running', definitionHash: 'h', input: { k: 1 } };

describe.each(databaseKinds)('RunStore on %s', (kind) => {
  const databases = new TestDatabases(kind);

  it('creates once, finishes once and lists by id', async () => {
    let time = 1_790_000_000_000;
    const runs = new RunStore(await databases.open({ now: () => time++ }));
    const created = await runs.create(run);
    expect(created).toEqual({ ...run, result: undefined, createdAt: time - 1, updatedAt: time - 1 });
    expect(await runs.create({ ...run, status: 'other', input: null })).toEqual(created);

    const result = { phase: 'x'.repeat(40_000) };
    const finished = await runs.finish('b', { status: 'done', result });
    expect(finished).toMatchObject({ status: 'done', result, input: { k: 1 } });
    expect(await runs.get('b')).toEqual(finished);
    // An attempt that was overtaken changes nothing.
    expect(await runs.finish('b', { status: 'late', result: { phase: 'y' } })).toEqual(finished);
    expect(await runs.get('b')).toEqual(finished);
    expect((await runs.get('b'))?.updatedAt).toBeGreaterThan(created.updatedAt);

    await runs.create({ ...run, runId: 'a', system: 'rag' });
    expect((await runs.list()).map((each) => each.runId)).toEqual(['a', 'b']);
    expect((await runs.list({ system: 'qa', status: 'done' })).map((each) => each.runId)).toEqual(['b']);
    expect(await runs.get('none')).toBeUndefined();
    await expect(runs.finish('none', { status: 'done', result })).rejects.toMatchObject({ code: 'MISSING' });
  });
});
