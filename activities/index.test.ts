import { MockActivityEnvironment } from '@temporalio/testing';
import { createActivities, type ActivityDependencies } from '.';
import { StorageError, storesOf, type Memo } from '../storage';
import { TemporaryFolder } from '../storage/testing/temporary-folder';

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await TemporaryFolder.create();
});
afterEach(() => folder.remove());

const event = { runId: 'run', key: 'command/1', iteration: -1, kind: 'pause', body: { actor: 'test' } };

describe('createActivities', () => {
  it('writes what was counted and who worked, and tells of a database that does not take it as of any other', async () => {
    const stores = storesOf(await folder.open());
    const dependencies = { stores, workerIdentity: 'worker-1' } as ActivityDependencies;
    const record = (from: ActivityDependencies): Promise<void> =>
      new MockActivityEnvironment().run(createActivities(from).recordEvent, event);
    await record(dependencies);
    expect((await stores.ledger.list('run')).map(({ key }) => key)).toEqual(['command/1', 'worker/worker-1']);

    const memo = Object.create(stores.memo) as Memo;
    memo.flush = () => Promise.reject(new StorageError('REFUSED', 'the database refused the connection'));
    await expect(record({ ...dependencies, stores: { ...stores, memo } })).rejects.toMatchObject({
      name: 'ApplicationFailure',
      type: 'Storage.REFUSED',
      nonRetryable: true,
    });
  });
});
