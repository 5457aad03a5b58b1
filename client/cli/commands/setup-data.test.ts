import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dataSets, LadderError, type DataSet } from '../../../providers/ladders';
import { serveFiles, type FileServer } from '../../../providers/ladders/testing/file-server';
import { hotpotqaRows, pubmedqaRows } from '../../../systems/datasets/testing/official-files';
import { readHotpotqa } from '../../../systems/hotpotqa/read-hotpotqa';
import { readPubmedqa } from '../../../systems/pubmedqa/read-pubmedqa';
import { createProgram } from '../program';

const files: Record<string, string> = {
  'hotpot_train_v1.1.json': JSON.stringify(hotpotqaRows(6, 't')),
  'hotpot_dev_distractor_v1.json': JSON.stringify(hotpotqaRows(20, 'd')),
  'ori_pqal.json': JSON.stringify(Object.fromEntries(pubmedqaRows(20).map((row, at) => [`${at}`, row]))),
  'test_ground_truth.json': JSON.stringify({ 3: 'yes', 5: 'maybe' }),
};
const before = { ...process.env };
let server: FileServer;

beforeEach(() => {
  process.env['OPTIMAS_DATA_DIR'] = path.join(mkdtempSync(path.join(tmpdir(), 'optimas-setup-')), 'data');
});
afterEach(async () => {
  jest.restoreAllMocks();
  await server?.close();
  for (const name of ['OPTIMAS_DATA_DIR', 'OPTIMAS_DATA_MIRROR']) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

/** A mirror with these files, and data sets with the checksums of the files above: those of the real ones are too large. */
async function mirror(served: Parameters<typeof serveFiles>[0]): Promise<void> {
  server = await serveFiles(served);
  process.env['OPTIMAS_DATA_MIRROR'] = server.url;
  for (const set of Object.values<DataSet>(dataSets)) {
    const own = set.files.map((file) => ({
      ...file,
      sha256: createHash('sha256')
        .update(files[file.name] ?? '')
        .digest('hex'),
    }));
    jest.replaceProperty(set, 'files', own);
  }
}

async function setUp(names: string): Promise<{ out: string[]; notes: string[] }> {
  const out: string[] = [];
  const notes: string[] = [];
  const terminal = {
    print: (text: string) => void out.push(text),
    note: (text: string) => void notes.push(text),
    interactive: false,
    width: 80,
    confirm: () => Promise.resolve(false),
  };
  const program = createProgram(terminal, '1.2.3');
  for (const item of program.commands) item.configureOutput({ writeErr: (text) => void notes.push(text) });
  await program.parseAsync(['setup', '--data', names], { from: 'user' }).catch((error: Error) => {
    throw Object.assign(error, { notes });
  });
  return { out, notes };
}

const allFiles = () => Object.fromEntries(Object.entries(files).map(([name, text]) => [`/${name}`, text]));

describe('optimas setup --data', () => {
  it('brings what the benchmark systems then load, with its licences, and once', async () => {
    await mirror(allFiles());
    const folder = process.env['OPTIMAS_DATA_DIR'] ?? '';
    await expect(readHotpotqa()).rejects.toThrow("Fetch it with 'optimas setup --data hotpotqa'");
    const { out, notes } = await setUp('pubmedqa, hotpotqa');
    expect(out).toEqual([
      `HotpotQA data: ${folder} (OPTIMAS_DATA_MIRROR)`,
      `PubMedQA data: ${folder} (OPTIMAS_DATA_MIRROR)`,
    ]);
    expect(notes.join('\n')).toMatch(
      /downloading hotpot_train_v1\.1\.json[^]*CC BY-SA 4\.0[^]*downloading ori_pqal\.json[^]*MIT License/,
    );
    expect(readdirSync(folder).sort()).toEqual(Object.keys(files).sort());
    expect(await readHotpotqa()).toMatchObject({
      train: { length: 14 },
      validation: { length: 8 },
      test: { length: 4 },
    });
    expect((await readPubmedqa()).test.map(({ id }) => id).sort()).toEqual(['3', '5']);
    expect(server.requests).toHaveLength(4);
    expect((await setUp('hotpotqa,pubmedqa')).out).toEqual([
      `HotpotQA data: ${folder} (local files)`,
      `PubMedQA data: ${folder} (local files)`,
    ]);
    expect(server.requests).toHaveLength(4);
  });

  it('brings only the one that is named', async () => {
    await mirror(allFiles());
    await setUp('pubmedqa');
    expect(server.requests).toEqual(['/ori_pqal.json', '/test_ground_truth.json']);
  });

  it('says where it asked and what to do when something else comes', async () => {
    await mirror({ ...allFiles(), '/ori_pqal.json': { text: '<html></html>', type: 'text/html' } });
    const error = await setUp('pubmedqa').catch((thrown: unknown) => thrown);
    expect(LadderError.isInstance(error)).toBe(true);
    expect((error as Error).message).toMatch(
      new RegExp(
        `checksum mismatch of ${server.url}/ori_pqal\\.json: .*text/html[^]*What to do: correct OPTIMAS_DATA_MIRROR`,
      ),
    );
    expect(readdirSync(process.env['OPTIMAS_DATA_DIR'] ?? '')).toEqual([]);
  });

  it.each(['hotpot', 'hotpotqa,squad', ''])('refuses the names %j with those there are', async (names) => {
    await mirror(allFiles());
    const error = (await setUp(names).catch((thrown: unknown) => thrown)) as { notes: string[]; exitCode: number };
    expect(error).toMatchObject({ name: 'CommanderError', exitCode: 1 });
    expect(error.notes.join('')).toContain('It must be names with commas between, of these: hotpotqa, pubmedqa.');
    expect(server.requests).toEqual([]);
  });
});
