import { featureVersion } from '../../core/reward/feature-spec';
import { storesOf, type Stores } from '../../storage';
import { TemporaryFolder } from '../../storage/testing/temporary-folder';
import { damageBlob } from '../../test/support/damage-blob';
import { rankingReward } from './latest-reward';

let folder: TemporaryFolder;
let stores: Stores;
beforeEach(async () => {
  folder = await TemporaryFolder.create();
  stores = storesOf(await folder.open());
});
afterEach(() => folder.remove());

/** The hash of its artefact. */
async function version(number: number, trusted: boolean, features = featureVersion): Promise<string> {
  const { sha256: artefactSha256 } = await stores.blobs.put(Buffer.from('artefact'));
  await stores.rewardVersions.put({
    ...{ runId: 'run', component: 'speaker', version: number, artefactSha256 },
    ...{ manifest: { features: { version: features } }, metrics: { trusted } },
  });
  return artefactSha256;
}

it.each<[string, number | undefined, () => Promise<unknown>]>([
  ['a trusted version', 0, () => version(0, true)],
  ['the newest up to the number, not a later one', 1, async () => [await version(1, true), await version(2, false)]],
  ['one that is not trusted', undefined, async () => [await version(0, true), await version(1, false)]],
  ['one that an earlier Optimas fitted', undefined, () => version(0, true, featureVersion - 1)],
  ['one that is gone from the database', undefined, async () => damageBlob(stores, await version(0, true))],
  [
    'one that is damaged in the database',
    undefined,
    async () => damageBlob(stores, await version(0, true), Buffer.from('other')),
  ],
  ['none', undefined, async () => {}],
])('of %s, version %s ranks proposals', async (_, expected, prepare) => {
  await prepare();
  const ranking = await rankingReward(stores, { runId: 'run', component: 'speaker', upTo: 1 });
  expect(ranking && [ranking.version.version, Buffer.from(ranking.artefact).toString()]).toEqual(
    expected === undefined ? undefined : [expected, 'artefact'],
  );
});
