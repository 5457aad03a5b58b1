import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { sha256 } from '../../core/system/canonical-json';
import type { JsonObject } from '../../core/system/json';
import { fitReward, openReward, type RewardManifest } from '../../providers/reward';
import { storesOf, type Stores } from '../../storage';
import { TemporaryFolder } from '../../storage/testing/temporary-folder';
import { damageBlob } from '../../test/support/damage-blob';
import { dataOf, encoder, fitted, options, plantedTasks } from '../../test/support/planted-reward-data';
import { UsageError } from './usage-error';
import { writeRewards } from './write-rewards';

jest.setTimeout(60_000);

describe('writeRewards', () => {
  let folder: TemporaryFolder;
  let stores: Stores;
  const artefacts = ['first', 'second'].map((text) => Buffer.from(text));
  beforeEach(async () => {
    folder = await TemporaryFolder.create();
    stores = storesOf(await folder.open());
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
  afterEach(() => folder.remove());

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

  it('overwrites nothing that is different, and then writes nothing', async () => {
    const target = folder.file('out');
    await mkdir(target);
    await writeFile(`${target}/writer-v1.json`, 'of another run');
    await expect(writeRewards(stores, 'r', target)).rejects.toThrow(
      /overwrites nothing, and .*out has writer-v1\.json with other content.*name another folder/,
    );
    expect(await readdir(target)).toEqual(['writer-v1.json']);
    expect(await readFile(`${target}/writer-v1.json`, 'utf8')).toBe('of another run');
  });

  it('explains a file where a folder should be, and a folder where a file should be', async () => {
    const target = folder.file('out');
    await writeFile(target, '');
    await expect(writeRewards(stores, 'r', target)).rejects.toThrow(
      /takes a folder, but .*out, or one above it, is a file: name another/,
    );
    await mkdir(folder.file('other/writer-v0.onnx'), { recursive: true });
    const failing = writeRewards(stores, 'r', folder.file('other'));
    await expect(failing).rejects.toThrow(UsageError);
    await expect(failing).rejects.toThrow(/other has a folder writer-v0\.onnx: name another/);
  });

  it.each([
    ['damaged', Buffer.from('broken')],
    ['lost', undefined],
  ])('names an artefact that is %s, and writes all others', async (_, bytes) => {
    await damageBlob(stores, sha256(artefacts[0] as Buffer), bytes);
    await expect(writeRewards(stores, 'r', folder.file('out'))).rejects.toMatchObject({
      name: 'StorageError',
      message: expect.stringMatching(/^4 of 5 files of run 'r' .* not written: writer-v0\.onnx: blob .* backup$/),
    });
    expect((await readdir(folder.file('out'))).toSorted()).toEqual([
      'editor-v0.json',
      'writer-v0.json',
      'writer-v1.json',
      'writer-v1.onnx',
    ]);
  });

  it('writes a fitted reward so that it can be opened, and gives the same rewards', async () => {
    const { artefact, manifest } = fitted(await fitReward(options(dataOf(plantedTasks(20)))));
    const { sha256: artefactSha256 } = await stores.blobs.put(artefact);
    const version = { runId: 'real', component: manifest.component, version: 0, artefactSha256 };
    await stores.rewardVersions.put({ ...version, manifest: { ...manifest } as JsonObject, metrics: {} });
    await writeRewards(stores, 'real', folder.path);
    const written = JSON.parse(await readFile(folder.file('writer-v0.json'), 'utf8')) as { manifest: RewardManifest };
    const items = ['one', 'two'].map((text) => ({ inputs: { topic: 't' }, outputs: { text } }));
    const scores: number[][] = [];
    for (const [bytes, of] of [
      [artefact, manifest],
      [await readFile(folder.file('writer-v0.onnx')), written.manifest],
    ] as const) {
      const model = await openReward(bytes, of, encoder);
      scores.push(await model.score(items));
      await model.close();
    }
    expect(scores[1]).toEqual(scores[0]);
    expect(new Set(scores[0]).size).toBe(2);
  });
});
