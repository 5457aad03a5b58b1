import { readdir, readFile } from 'node:fs/promises';
import { openDatabase, storesOf, type Stores } from '../../storage';
import { TemporaryFolder } from '../../storage/testing/temporary-folder';
import { damageBlob } from '../../test/support/damage-blob';
import { writeRewards } from './write-rewards';

describe('writeRewards', () => {
  let folder: TemporaryFolder;
  let stores: Stores;
  const artefacts = ['first', 'second'].map((text) => Buffer.from(text));
  beforeEach(async () => {
    folder = await TemporaryFolder.create();
    stores = storesOf(await openDatabase(`file:${folder.file('optimas.db')}`));
    const references = await stores.blobs.putMany(
      artefacts.map((bytes) => ({ bytes, contentType: 'application/onnx' })),
    );
    for (const [version, { sha256: artefactSha256 }] of references.entries()) {
      const own = { manifest: { artefactHash: artefactSha256 }, metrics: { trusted: version === 1 } };
      await stores.rewardVersions.put({ runId: 'r', component: 'writer', version, artefactSha256, ...own });
    }
    await stores.rewardVersions.put({ runId: 'r', component: 'editor', version: 0, manifest: {}, metrics: {} });
    await stores.rewardVersions.put({ runId: 'other', component: 'writer', version: 0, manifest: {}, metrics: {} });
  });
  afterEach(async () => {
    await stores.database.close();
    await folder.remove();
  });

  it('writes every version, its manifest beside it, also a second time', async () => {
    const target = folder.file('out/rewards');
    const files = ['editor-v0.json', 'writer-v0.onnx', 'writer-v0.json', 'writer-v1.onnx', 'writer-v1.json'];
    expect(await writeRewards(stores, 'r', target)).toEqual(files);
    expect(await writeRewards(stores, 'r', target)).toEqual(files);
    expect((await readdir(target)).toSorted()).toEqual(files.toSorted());
    expect(await readFile(`${target}/writer-v1.onnx`)).toEqual(artefacts[1]);
    expect(JSON.parse(await readFile(`${target}/writer-v1.json`, 'utf8'))).toMatchObject({
      ...{ runId: 'r', component: 'writer', version: 1, metrics: { trusted: true } },
      manifest: { artefactHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  it('says so where a run has none', async () => {
    await expect(writeRewards(stores, 'none', folder.file('out'))).rejects.toThrow(
      /run 'none' has no local reward functions.*--rewards off/,
    );
  });

  it('writes no damaged artefact', async () => {
    const [first] = await stores.rewardVersions.list('r').then((all) => all.filter(({ version }) => version === 1));
    await damageBlob(stores, first?.artefactSha256 as string, Buffer.from('broken'));
    await expect(writeRewards(stores, 'r', folder.file('out'))).rejects.toMatchObject({ code: 'CORRUPT_BLOB' });
    expect(await readdir(folder.file('out'))).not.toContain('writer-v1.onnx');
  });
});
