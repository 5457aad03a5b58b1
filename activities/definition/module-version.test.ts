import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefinitionError } from '../../core/system/definition-error';
import { moduleVersion, resourcesVersion } from './module-version';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'optimas-version-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

let files = 0;
async function written(text: string): Promise<string> {
  const file = join(folder, `m${files++}.mts`);
  await writeFile(file, text);
  return file;
}

describe('moduleVersion', () => {
  it('follows the code and its imports, not comments and layout', async () => {
    await writeFile(join(folder, 'part.mts'), 'export const part = 1;');
    const one = await moduleVersion(await written("import { part } from './part.mts'; export const x = part;"));
    const same = "// The part.\nimport { part } from './part.mts';\n\nexport const x = part;";
    expect(await moduleVersion(await written(same))).toBe(one);
    await writeFile(join(folder, 'part.mts'), 'export const part = 2;');
    expect(await moduleVersion(await written(same))).not.toBe(one);
  });

  it('hashes a file with top-level await', async () => {
    const file = await written(
      "const { readFile } = await import('node:fs/promises'); export const x = await readFile;",
    );
    expect(await moduleVersion(file)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('names the file that cannot be bundled, and looks again once it is mended', async () => {
    const file = await written("import './missing.mts';");
    await expect(moduleVersion(file)).rejects.toThrow(DefinitionError);
    await expect(moduleVersion(file)).rejects.toThrow(new RegExp(`${file} cannot be bundled.*missing`, 's'));
    await writeFile(join(folder, 'missing.mts'), '');
    expect(await moduleVersion(file)).toMatch(/^[0-9a-f]{64}$/);
  });
});

it('names a resource that cannot be read', async () => {
  const reading = resourcesVersion([join(folder, 'index.bin')]);
  await expect(reading).rejects.toThrow(DefinitionError);
  await expect(reading).rejects.toThrow(/index\.bin' cannot be read/);
});

it('hashes what resources hold, not where they lie: workers on other machines have other folders', async () => {
  const [here, there] = [join(folder, 'here.bin'), join(folder, 'there.bin')];
  await Promise.all([writeFile(here, 'index'), writeFile(there, 'index')]);
  expect(await resourcesVersion([here])).toBe(await resourcesVersion([there]));
  await writeFile(there, 'another index');
  expect(await resourcesVersion([here])).not.toBe(await resourcesVersion([there]));
});
