import { databaseKinds, TestDatabases } from '../test/support/test-databases';
import type { CallRate } from '../core/run/call-rate';
import { CallRateStore } from './call-rate-store';

jest.setTimeout(60_000);

const rate: CallRate = {
  requestsAt: 1_700_000_000_000.5,
  tokensAt: 2,
  closedUntil: 3,
  reducedRate: null,
  ceiling: null,
  reducedAt: 4,
  updatedAt: 1_700_000_000_001,
};

describe.each(databaseKinds)('CallRateStore on %s', (kind) => {
  const databases = new TestDatabases(kind);

  it('lets one of several writers that have read the same version change it', async () => {
    const first = new CallRateStore(await databases.open());
    const second = new CallRateStore(await databases.open());
    expect(await first.read('e')).toBeUndefined();
    const created = await Promise.all([
      first.replace('e', undefined, rate),
      second.replace('e', undefined, { ...rate, closedUntil: 9 }),
    ]);
    expect(created.filter(Boolean)).toHaveLength(1);
    const { version } = (await first.read('e')) ?? { version: -1 };
    const changes = await Promise.all(
      [first, second, first].map((store, index) => store.replace('e', version, { ...rate, reducedRate: index })),
    );
    expect(changes.filter(Boolean)).toHaveLength(1);
    expect(await second.read('e')).toEqual({
      version: version + 1,
      rate: { ...rate, reducedRate: changes.indexOf(true) },
    });
    expect(await second.read('another')).toBeUndefined();
  });
});
