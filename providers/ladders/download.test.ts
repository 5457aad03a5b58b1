import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { programArguments } from '../processes/program';
import { climb } from './climb';
import { download } from './download';
import { downloadLadder } from './testing/download-ladder';

jest.setTimeout(30_000);

const content = Buffer.alloc(300_000, 'optimas ');
const sha256 = createHash('sha256').update(content).digest('hex');
let server: Server;
let base: string;
let folder: string;
let downloads = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    downloads++;
    if (request.url === '/hangs') return;
    if (request.url === '/missing') {
      response.writeHead(404).end();
      return;
    }
    if (request.url === '/compressed') {
      const body = gzipSync(content);
      response.writeHead(200, { 'content-length': body.length, 'content-encoding': 'gzip' }).end(body);
      return;
    }
    response.writeHead(200, { 'content-length': content.length, 'content-type': 'text/html' });
    if (request.url === '/cut') response.write(content.subarray(0, 150_000), () => response.destroy());
    else if (request.url === '/half') response.write(content.subarray(0, 150_000));
    else response.end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(async () => {
  downloads = 0;
  folder = await mkdtemp(path.join(tmpdir(), 'optimas-download-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const runProgram = (url: string) =>
  spawn(
    process.execPath,
    [...programArguments(path.join(__dirname, 'testing', 'download-program')), folder, url, sha256],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );

describe('a download', () => {
  const attempt = { signal: new AbortController().signal, progress: () => undefined };

  it('reports progress and is taken from the cache the next time', async () => {
    const seen: (number | undefined)[] = [];
    const ladder = downloadLadder(folder, `${base}/whole`, sha256);
    const first = await climb(ladder, (event) => {
      if (event.state === 'progress') seen.push(event.done, event.total);
    });
    expect(await readFile(first.value)).toEqual(content);
    expect(seen.slice(-2)).toEqual([content.length, content.length]);
    expect((await climb(ladder)).step).toBe('local cache');
    expect(downloads).toBe(1);
    expect(await readdir(folder)).toEqual(['thing.bin']);
  });

  it('with the wrong checksum is not kept', async () => {
    const wrong = '0'.repeat(64);
    await expect(climb(downloadLadder(folder, `${base}/whole`, wrong))).rejects.toThrow(
      new RegExp(
        `checksum mismatch of .*/whole: expected sha256 ${wrong}, got ${sha256} \\(300000 bytes of text/html\\)`,
      ),
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it('that the server refuses says so', async () => {
    await expect(climb(downloadLadder(folder, `${base}/missing`, sha256))).rejects.toThrow('/missing answered 404');
  });

  it('that breaks off says of what', async () => {
    await expect(climb(downloadLadder(folder, `${base}/cut`, sha256))).rejects.toThrow(
      `download: ${base}/cut did not arrive`,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it('from where nobody listens says of what, and why', async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(gone.address() as AddressInfo).port}/file`;
    await new Promise((resolve) => gone.close(resolve));
    const thrown: unknown = await download(url, path.join(folder, 'thing.bin'), { sha256, attempt }).catch(
      (error: unknown) => error,
    );
    const { message, cause } = thrown as { message: string; cause: { cause: NodeJS.ErrnoException } };
    expect(message).toBe(`${url} did not arrive`);
    expect(cause.cause.code).toBe('ECONNREFUSED');
  });

  it('that cannot be written blames the file, not the server', async () => {
    const file = path.join(folder, 'none', 'thing.bin');
    const failed = download(`${base}/whole`, file, { sha256, attempt });
    await expect(failed).rejects.toMatchObject({
      name: 'FileWriteError',
      message: expect.stringMatching(/^.*\/none\/thing\.bin could not be written: ENOENT/),
    });
  });

  (existsSync('/dev/full') ? it : it.skip)('onto a full disk says so', async () => {
    await expect(download(`${base}/whole`, '/dev/full', { sha256, attempt })).rejects.toThrow(
      /^\/dev\/full could not be written: ENOSPC/,
    );
  });

  it('that is compressed on its way does not report the size of that', async () => {
    const totals: (number | undefined)[] = [];
    const { value } = await climb(downloadLadder(folder, `${base}/compressed`, sha256), (event) => {
      if (event.state === 'progress') totals.push(event.total);
    });
    expect(await readFile(value)).toEqual(content);
    expect(new Set(totals)).toEqual(new Set([undefined]));
  });

  it('that hangs costs no more than the limit', async () => {
    const { steps, ...rest } = downloadLadder(folder, `${base}/hangs`, sha256);
    const impatient = { ...rest, steps: steps.map((step) => ({ ...step, silenceMs: 200 })) };
    await expect(climb(impatient)).rejects.toThrow('no progress for 0.2 s');
  });

  it('killed half-way leaves no half file to be used, and the next one clears up', async () => {
    const child = runProgram(`${base}/half`);
    while (downloads === 0) await sleep(20);
    await sleep(300);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(await readdir(folder)).not.toContain('thing.bin');
    const { value, step } = await climb(downloadLadder(folder, `${base}/whole`, sha256));
    expect(step).toBe('download');
    expect(await readFile(value)).toEqual(content);
    expect(await readdir(folder)).toEqual(['thing.bin']);
  }, 30_000);

  it('is made once by two processes that start together', async () => {
    const steps = await Promise.all(
      [runProgram(`${base}/whole`), runProgram(`${base}/whole`)].map(async (child) => {
        let text = '';
        child.stdout.on('data', (data: Buffer) => (text += data.toString()));
        await new Promise((resolve) => child.once('close', resolve));
        return text.trim();
      }),
    );
    expect(steps.sort()).toEqual(['download', 'local cache']);
    expect(downloads).toBe(1);
  }, 30_000);
});
