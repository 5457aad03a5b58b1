import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { climb } from './climb';
import { dataSetLadder } from './data-set-ladder';
import { dataSets, type DataSet } from './data-sets';
import { serveFiles, type FileServer } from './testing/file-server';

const train = JSON.stringify([{ id: 'a' }, { id: 'b' }]);
const dev = JSON.stringify([{ id: 'c' }]);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

let folder: string;
let server: FileServer;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'optimas-data-set-'));
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function serve(files: Parameters<typeof serveFiles>[0]): Promise<DataSet> {
  server = await serveFiles(files);
  const file = (name: string, text: string, own: string) => ({
    name,
    sha256: sha256(text),
    officialUrl: `${server.url}/official/${name}`,
    copyUrl: `${server.url}/copies/of-${name}`,
    replacedBy: [own],
  });
  return {
    title: 'Tags',
    page: 'https://tags.example',
    terms: 'Tags is free',
    files: [file('train.json', train, 'own-train.jsonl'), file('dev.json', dev, 'own-dev.jsonl')],
  };
}

describe('the ladder of a data set', () => {
  it('brings the official files with their terms, and takes them from the folder the next time', async () => {
    const tags = await serve({ '/official/train.json': train, '/official/dev.json': dev });
    const messages: string[] = [];
    const first = await climb(dataSetLadder(folder, tags, {}), (event) => {
      if (event.state === 'progress') messages.push(event.message);
    });
    expect(first).toMatchObject({ value: folder, step: 'official server' });
    expect(new Set(messages)).toEqual(new Set(['downloading train.json', 'downloading dev.json', 'Tags is free']));
    expect((await readdir(folder)).sort()).toEqual(['dev.json', 'train.json']);
    expect(await readFile(path.join(folder, 'train.json'), 'utf8')).toBe(train);
    expect((await climb(dataSetLadder(folder, tags, {}))).step).toBe('local files');
    expect(server.requests).toEqual(['/official/train.json', '/official/dev.json']);
  });

  it('asks for the missing ones only; files of the user do in their place', async () => {
    const tags = await serve({ '/official/dev.json': dev });
    await writeFile(path.join(folder, 'own-train.jsonl'), '{}\n');
    await climb(dataSetLadder(folder, tags, {}));
    expect(server.requests).toEqual(['/official/dev.json']);
    await rm(path.join(folder, 'dev.json'));
    await writeFile(path.join(folder, 'own-dev.jsonl'), '{}\n');
    expect((await climb(dataSetLadder(folder, tags, {}))).step).toBe('local files');
  });

  it('takes an empty file for none, in every place', async () => {
    const tags = await serve({ '/official/train.json': train, '/official/dev.json': dev });
    await writeFile(path.join(folder, 'own-train.jsonl'), '');
    await writeFile(path.join(folder, 'dev.json'), '');
    await climb(dataSetLadder(folder, tags, {}));
    expect(server.requests).toEqual(['/official/train.json', '/official/dev.json']);
    expect(await readFile(path.join(folder, 'dev.json'), 'utf8')).toBe(dev);
  });

  it('takes what is all there from a folder that cannot be written', async () => {
    const tags = await serve({});
    await writeFile(path.join(folder, 'train.json'), train);
    await writeFile(path.join(folder, 'dev.json'), dev);
    await chmod(folder, 0o555);
    expect((await climb(dataSetLadder(folder, tags, {}))).step).toBe('local files');
    await chmod(folder, 0o755);
  });

  it('says which setting to change where the folder cannot be', async () => {
    const tags = await serve({});
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    await expect(climb(dataSetLadder(file, tags, {}))).rejects.toThrow(
      /What to do: let files be written in .*\/file \(.*\), or set OPTIMAS_DATA_DIR to another folder$/,
    );
    expect(server.requests).toEqual([]);
  });

  it('names the hosts to be reached', () => {
    const { remedy } = dataSetLadder(folder, dataSets.hotpotqa, {});
    expect((remedy as () => string)()).toContain('connect this machine to curtis.ml.cmu.edu or huggingface.co, set');
  });

  it('takes the copies of what the official server does not give', async () => {
    const tags = await serve({ '/official/train.json': train, '/copies/of-dev.json': dev });
    expect((await climb(dataSetLadder(folder, tags, {}))).step).toBe('model hub');
    expect(server.requests).toEqual(['/official/train.json', '/official/dev.json', '/copies/of-dev.json']);
    expect(await readFile(path.join(folder, 'dev.json'), 'utf8')).toBe(dev);
  });

  it('asks the mirror only, where one is set', async () => {
    const tags = await serve({ '/mirror/train.json': train, '/official/dev.json': dev });
    const ladder = dataSetLadder(folder, tags, { OPTIMAS_DATA_MIRROR: `${server.url}/mirror/` });
    await expect(climb(ladder)).rejects.toThrow(
      `OPTIMAS_DATA_MIRROR: ${server.url}/mirror/dev.json answered 404\n` +
        'What to do: correct OPTIMAS_DATA_MIRROR, remove it to ask the official server, or download dev.json from https://tags.example',
    );
    expect(server.requests).toEqual(['/mirror/train.json', '/mirror/dev.json']);
    // What came whole stays.
    expect(await readdir(folder)).toEqual(['train.json']);
  });

  it.each([' %s ', '%s///', '%s/?', '%s/#'])('reads the mirror written as %j', async (written) => {
    const tags = await serve({ '/mirror%20a/train.json': train, '/mirror%20a/dev.json': dev });
    const setting = written.replace('%s', `${server.url}/mirror a`);
    await climb(dataSetLadder(folder, tags, { OPTIMAS_DATA_MIRROR: setting }));
    expect(server.requests).toEqual(['/mirror%20a/train.json', '/mirror%20a/dev.json']);
  });

  it.each([
    'mirror.example/data',
    'ftp://mirror.example',
    'https://canary@mirror.example',
    'https://someone:canary@mirror.example',
    'https://mirror.example/?token=canary',
    'https://mirror.example/data#canary',
  ])('refuses the mirror %s without repeating it', async (setting) => {
    const tags = await serve({});
    const error = await climb(dataSetLadder(folder, tags, { OPTIMAS_DATA_MIRROR: setting })).catch(String);
    expect(error).toContain('OPTIMAS_DATA_MIRROR: it is not a URL such as https://mirror.example/data');
    expect(error).not.toContain('canary');
  });

  it.each([
    ['nothing', undefined, /official\/train\.json answered 404/],
    [
      'a page of a proxy',
      { text: '<html>log in</html>', type: 'text/html' },
      /checksum mismatch of http:.*\/official\/train\.json: .*\(19 bytes of text\/html\)/,
    ],
    ['a part of the file', train.slice(0, -4), /checksum mismatch of http:.*\/official\/train\.json/],
    ['a file that breaks off', { text: train, cut: true }, /http:.*\/official\/train\.json did not arrive/],
  ])('that gets %s leaves nothing behind and says what to do', async (_, file, message) => {
    const tags = await serve(file === undefined ? {} : { '/official/train.json': file });
    const failed = climb(dataSetLadder(folder, tags, {}));
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.toThrow(
      `What to do: connect this machine to 127.0.0.1, set OPTIMAS_DATA_MIRROR to the URL of a folder with these files, or ` +
        `download train.json and dev.json from https://tags.example into ${folder} by hand`,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it('fetches once when several want it at once, and clears up after one that was killed', async () => {
    const tags = await serve({ '/official/train.json': train, '/official/dev.json': dev });
    await mkdir(path.join(folder, '.partial-train.json-killed'));
    const climbed = await Promise.all([1, 2, 3].map(() => climb(dataSetLadder(folder, tags, {}))));
    expect(climbed.map(({ step }) => step).sort()).toEqual(['local files', 'local files', 'official server']);
    expect(server.requests).toHaveLength(2);
    expect((await readdir(folder)).sort()).toEqual(['dev.json', 'train.json']);
  });

  it.each(Object.entries(dataSets))('%s has an official place and a checksum for every file', async (_, { files }) => {
    await serve({});
    for (const { name, officialUrl, sha256: expected } of files) {
      expect(path.posix.basename(new URL(officialUrl).pathname)).toBe(name);
      expect(expected).toMatch(/^[0-9a-f]{64}$/);
    }
  });
});
