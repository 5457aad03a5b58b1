import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { zipSync } from 'fflate';
import { cacheFolder } from './cache-folder';
import { climb } from './climb';
import { encoderLadder } from './encoder-ladder';
import { languageModelLadder } from './language-model-ladder';
import { runClient } from './run-client';
import { temporalLadder } from './temporal-ladder';
import { appendZipEntry } from './unzip-entry';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'optimas-ladders-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What a ladder takes without network: its steps before the first install. */
const withoutInstalls = <T extends { steps: readonly { kind?: string }[] }>(ladder: T): T => ({
  ...ladder,
  steps: ladder.steps.filter(({ kind }) => kind !== 'install'),
});

describe('the Temporal ladder', () => {
  it('prefers a running server, then PATH, then the cache', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const onPath = path.join(folder, 'bin', 'temporal');
    const cached = path.join(folder, 'temporal', '1.5.1', 'temporal');
    for (const file of [onPath, cached]) {
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, '#!/bin/sh\n', { mode: 0o755 });
    }
    const all = { TEMPORAL_ADDRESS: address, PATH: path.dirname(onPath) };
    const taken = async (environment: NodeJS.ProcessEnv) =>
      (await climb(withoutInstalls(temporalLadder(folder, environment)))).value;
    expect(await taken(all)).toEqual({ address });
    expect(await taken({ PATH: all.PATH })).toEqual({ binary: onPath });
    expect(await taken({ PATH: '' })).toEqual({ binary: cached });
    await new Promise((resolve) => server.close(resolve));
    await expect(taken(all)).rejects.toThrow(new RegExp(`TEMPORAL_ADDRESS: nothing answers at ${address}`));
  });

  it('says what was tried when nothing is there', async () => {
    await expect(climb(withoutInstalls(temporalLadder(folder, { PATH: '' })))).rejects.toThrow(
      /TEMPORAL_ADDRESS: not set\n.*PATH: no temporal on PATH\n.*local cache: .* is not there\nWhat to do: install the Temporal CLI/,
    );
  });
});

describe('the encoder ladder', () => {
  it('takes a folder that is set and says which file such a folder lacks', async () => {
    await writeFile(path.join(folder, 'model.onnx'), 'x');
    const ladder = encoderLadder(folder, { OPTIMAS_ENCODER: folder });
    await expect(climb(ladder)).rejects.toThrow(`${folder} has no tokenizer.json`);
    await writeFile(path.join(folder, 'tokenizer.json'), '{}');
    expect((await climb(ladder)).value).toBe(folder);
  });

  it('brings the real encoder, verified, from wherever it can be had', async () => {
    const { value } = await climb(encoderLadder(cacheFolder(), {}));
    const manifest = JSON.parse(await readFile(path.join(value, 'manifest.json'), 'utf8')) as {
      files: Record<string, { sha256: string }>;
    };
    for (const [name, { sha256 }] of Object.entries(manifest.files)) {
      const bytes = await readFile(path.join(value, name));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
  }, 180_000);
});

describe('the language model ladder', () => {
  it('takes the configured endpoint, then a local server with a language model', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end(JSON.stringify({ data: [{ id: 'llama3' }, { id: 'nomic-embed-text' }] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const baseURL = `http://127.0.0.1:${port}/v1`;
    const configured = { OPENAI_BASE_URL: `${baseURL}/`, OPENAI_API_KEY: 'canary' };
    const localServers = [{ name: 'Ollama', port }];
    const first = await climb(languageModelLadder(folder, { environment: configured, localServers: [] }));
    expect(first.value).toEqual({ baseURL, models: ['llama3'], pure: false });
    const second = await climb(languageModelLadder(folder, { environment: {}, localServers }));
    expect(second).toMatchObject({ step: `Ollama at port ${port}`, value: { baseURL, models: ['llama3'] } });
    // The key goes to the configured endpoint only.
    expect(seen).toEqual(['Bearer canary', undefined]);
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('registry clients', () => {
  const attempt = { signal: new AbortController().signal, progress: () => undefined };
  const options = () => ({ workingFolder: folder, watchFolder: folder, message: 'working', attempt });

  it('that are missing or fail say so', async () => {
    await expect(runClient('no-such-client', { ...options(), arguments: [] })).rejects.toThrow(
      'no-such-client is not on PATH',
    );
    const failing = runClient('sh', { ...options(), arguments: ['-c', 'echo one; echo two >&2; exit 4'] });
    await expect(failing).rejects.toThrow(/^sh ended with 4: one\ntwo$/);
  });

  it('bring archives from which one file is taken', async () => {
    const archive = path.join(folder, 'a.zip');
    await writeFile(archive, zipSync({ 'data/model.part00': Buffer.from('first'), 'other.txt': Buffer.from('-') }));
    const file = path.join(folder, 'model');
    await appendZipEntry(archive, (name) => name.endsWith('.part00'), file);
    await appendZipEntry(archive, (name) => name === 'other.txt', file);
    expect(await readFile(file, 'utf8')).toBe('first-');
    await expect(appendZipEntry(archive, (name) => name === 'nothing', file)).rejects.toThrow('a.zip has 0 files');
  });
});
