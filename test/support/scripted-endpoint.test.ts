import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ScriptedEndpoint, type ScriptedEndpointOptions, startScriptedEndpoint } from './scripted-endpoint';
import { typescriptFlags } from './typescript-flags';

const open: ScriptedEndpoint[] = [];
const children: ChildProcess[] = [];
const folders: string[] = [];

async function start(options?: ScriptedEndpointOptions): Promise<ScriptedEndpoint> {
  const endpoint = await startScriptedEndpoint(options);
  open.push(endpoint);
  return endpoint;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((endpoint) => endpoint.close()));
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', body: JSON.stringify(body), headers });
}

const hello = { model: 'scripted', messages: [{ role: 'user', content: 'hello' }] };

async function content(response: Response): Promise<string[]> {
  const { choices } = (await response.json()) as { choices: { message: { content: string } }[] };
  return choices.map(({ message }) => message.content);
}

describe('startScriptedEndpoint', () => {
  it('answers equal requests equally and different ones differently, on every server', async () => {
    const [one, two] = [await start(), await start()];
    const [first] = await content(await post(`${one.url}/chat/completions`, hello));
    const [again] = await content(await post(`${two.url}/chat/completions`, hello));
    const [seeded] = await content(await post(`${one.url}/chat/completions`, { ...hello, seed: 7 }));
    expect(again).toBe(first);
    expect(seeded).not.toBe(first);
  });

  it('gives n choices from the scripted reply', async () => {
    const { url } = await start({ reply: ({ messages }, choice) => `${messages[0]?.content}-${choice}` });
    expect(await content(await post(`${url}/chat/completions`, { ...hello, n: 2 }))).toEqual(['hello-0', 'hello-1']);
  });

  it('counts every request, distinct ones by hash, and keeps a bounded log without keys', async () => {
    const endpoint = await start({ keepRequests: 2 });
    for (const seed of [1, 1, 2]) {
      await post(`${endpoint.url}/chat/completions`, { ...hello, seed }, { authorization: 'Bearer sk-canary' });
    }
    await fetch(`${endpoint.url}/models`);
    expect(endpoint.requests).toMatchObject({ total: 4, chat: 3, models: 1, faults: 0 });
    expect(Object.values(endpoint.requests.byHash).sort()).toEqual([1, 1, 2]);
    expect(endpoint.log.map(({ number }) => number)).toEqual([3, 4]);
    expect(JSON.stringify(endpoint.log)).not.toContain('canary');
  });

  it('strikes by number, by text, and only so often', async () => {
    const { url, setFaults } = await start({
      faults: [
        { when: { request: 1 }, fault: { type: 'server-error', status: 503 } },
        { when: { contains: 'bad' }, fault: { type: 'rate-limit', retryAfter: 3 }, times: 1 },
      ],
    });
    const bad = { ...hello, messages: [{ role: 'user', content: 'bad' }] };
    const chat = (body: unknown) => post(`${url}/chat/completions`, body);
    expect((await chat(hello)).status).toBe(503);
    const limited = await chat(bad);
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '3']);
    expect((await chat(bad)).status).toBe(200);
    setFaults([{ when: (request) => request.number === 4, fault: { type: 'unauthorized' } }]);
    expect((await chat(hello)).status).toBe(401);
    expect((await chat(hello)).status).toBe(200);
  });

  it('refuses a wrong key and accepts the right one', async () => {
    const { url } = await start({ apiKey: 'right' });
    expect((await post(`${url}/chat/completions`, hello, { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await post(`${url}/chat/completions`, hello, { authorization: 'Bearer right' })).status).toBe(200);
  });

  it('embeds texts so that shared words are closer', async () => {
    const { url } = await start();
    const response = await post(`${url}/embeddings`, {
      model: 'e',
      input: ['red house', 'red house now', 'blue sea'],
    });
    const { data } = (await response.json()) as { data: { embedding: number[] }[] };
    const [a, b, c] = data.map(({ embedding }) => embedding) as [number[], number[], number[]];
    const cosine = (x: number[], y: number[]) => x.reduce((sum, value, index) => sum + value * (y[index] ?? 0), 0);
    expect(cosine(a, a)).toBeCloseTo(1);
    expect(cosine(a, b)).toBeGreaterThan(cosine(a, c) + 0.3);
  });

  it('closes although a request hangs', async () => {
    const endpoint = await startScriptedEndpoint({ faults: [{ when: 'always', fault: { type: 'hang' } }] });
    const hanging = post(`${endpoint.url}/chat/completions`, hello).catch(() => 'closed');
    while (endpoint.requests.total === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await endpoint.close();
    expect(await hanging).toBe('closed');
  });
});

describe('scripted-endpoint-process', () => {
  it('runs as a process of its own, is controlled over HTTP, and ends when its input ends', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'scripted-'));
    folders.push(folder);
    writeFileSync(join(folder, 'script.js'), 'exports.reply = (request) => request.model.toUpperCase();');

    const child = spawn(
      process.execPath,
      [
        ...typescriptFlags,
        join(__dirname, 'scripted-endpoint-process.ts'),
        '--until-stdin-ends',
        '--options',
        JSON.stringify({ apiKey: 'key' }),
        '--module',
        join(folder, 'script.js'),
      ],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    children.push(child);
    const line = await new Promise<string>((resolve) => child.stdout.once('data', (data) => resolve(String(data))));
    const { url, pid } = JSON.parse(line) as { url: string; pid: number };
    expect(pid).toBe(child.pid);

    const key = { authorization: 'Bearer key' };
    expect(await content(await post(`${url}/chat/completions`, hello, key))).toEqual(['SCRIPTED']);
    const control = url.replace('/v1', '/control');
    const rules = [{ when: { after: 1 }, fault: { type: 'quota' } }];
    await fetch(`${control}/faults`, { method: 'PUT', body: JSON.stringify(rules) });
    expect((await post(`${url}/chat/completions`, hello, key)).status).toBe(429);
    const seen = (await (await fetch(`${control}/requests`)).json()) as { requests: unknown; log: unknown[] };
    expect(seen.requests).toMatchObject({ total: 2, chat: 2, faults: 1 });
    expect(seen.log).toHaveLength(2);

    const exit = new Promise((resolve) => child.once('exit', resolve));
    child.stdin.end();
    expect(await exit).toBe(0);
  });
});
