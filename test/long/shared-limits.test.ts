import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { sql } from 'kysely';
import type { Limits } from '../../core/run/budget';
import type { EndpointOptions } from '../../providers/language-models';
import { storesOf, type Stores } from '../../storage';
import { startScriptedEndpoint, type ScriptedEndpoint } from '../support/scripted-endpoint';
import { databaseKinds, TestDatabases } from '../support/test-databases';
import { typescriptFlags } from '../support/typescript-flags';
import { modelSpend } from '../../activities/calls/model-spend';

jest.setTimeout(120_000);

interface Outcomes {
  made: number;
  exhausted: number;
  failed: number;
  reasons: string[];
}

interface Worker {
  process: ChildProcess;
  lines: Interface;
}

const price = { promptPerMillion: 10, completionPerMillion: 1_000 };
const workers: Worker[] = [];

describe.each(databaseKinds)('workers that share limits on %s', (kind) => {
  const databases = new TestDatabases(kind);
  let endpoint: ScriptedEndpoint;
  let stores: Stores;

  beforeEach(async () => {
    endpoint = await startScriptedEndpoint({ reply: () => 'x'.repeat(40), latencyMs: 30 });
    stores = storesOf(await databases.open());
  });
  afterEach(async () => {
    for (const { process: child } of workers.splice(0)) child.kill('SIGKILL');
    await endpoint.close();
  });

  async function startWorkers(
    count: number,
    options: { limits: Limits; endpoint?: Partial<EndpointOptions>; callers: number; callsEach: number },
  ): Promise<Worker[]> {
    const program = join(__dirname, '../support/calling-program.js');
    const started = Array.from({ length: count }, (_, index) => {
      const shared = { baseURL: endpoint.url, models: { small: { price } }, concurrency: 32, ...options.endpoint };
      const given = { ...options, url: databases.url, name: `worker${index}`, leaseMs: 8_000, endpoint: shared };
      const child = spawn(process.execPath, [...typescriptFlags, program, JSON.stringify(given)], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      return { process: child, lines: createInterface({ input: child.stdout }) };
    });
    workers.push(...started);
    await Promise.all(started.map(({ lines }) => once(lines, 'line')));
    return started;
  }

  const outcomesOf = async ({ process: child, lines }: Worker): Promise<Outcomes> => {
    child.stdin?.write('go\n');
    const [line] = (await once(lines, 'line')) as [string];
    return JSON.parse(line) as Outcomes;
  };

  /** Lets all workers call, and gives when each request came (milliseconds from the start). */
  async function timed(started: readonly Worker[]): Promise<{ outcomes: Outcomes[]; times: number[]; tookMs: number }> {
    const times: number[] = [];
    const began = performance.now();
    let seen = 0;
    const timer = setInterval(() => {
      for (; seen < endpoint.requests.total; seen++) times.push(performance.now() - began);
    }, 5);
    try {
      const outcomes = await Promise.all(started.map(outcomesOf));
      return { outcomes, times, tookMs: performance.now() - began };
    } finally {
      clearInterval(timer);
    }
  }

  /** The most that was ever spent and held back together (US dollars), looked at again and again until `done`. */
  async function mostCommitted(done: Promise<unknown>): Promise<number> {
    // In one statement: between two, a call could be paid that was held back before.
    const committed = sql<{ usd: number }>`select
      (select coalesce(sum(usd), 0) from spend_totals where run_id = 'run' and kind <> 'component')
      + (select coalesce(sum(usd), 0) from reservations where run_id = 'run') as usd`;
    const { database } = stores;
    const look = { compile: () => committed.compile(database.queries) };
    let [most, over] = [0, false];
    void done.finally(() => (over = true));
    while (!over) {
      const [row] = await database.read(look);
      most = Math.max(most, Number(row?.usd));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return most;
  }

  it('make exactly as many calls as are allowed, with 32 callers in each of 3 processes', async () => {
    const started = await startWorkers(3, { limits: { calls: 150 }, callers: 32, callsEach: 20 });
    const outcomes = await Promise.all(started.map(outcomesOf));
    expect(outcomes.reduce((sum, { made }) => sum + made, 0)).toBe(150);
    expect(endpoint.requests.total).toBe(150);
    expect(new Set(outcomes.flatMap(({ reasons }) => reasons))).toEqual(new Set(['150 of 150 calls are made']));
    expect((await stores.reservations.reserved('run')).calls).toBe(0);
  });

  it('never spend more than the money, also when one is killed, and stop only when no call fits any more', async () => {
    const limits = { usd: 2 };
    const started = await startWorkers(3, { limits, callers: 32, callsEach: 100 });
    const [victim, ...others] = started as [Worker, Worker, Worker];
    const killed = outcomesOf(victim).catch(() => undefined);
    const survivors = others.map(outcomesOf);
    const most = mostCommitted(Promise.all(survivors));
    while (endpoint.requests.total < 60) await new Promise((resolve) => setTimeout(resolve, 5));
    victim.process.kill('SIGKILL');
    const outcomes = await Promise.all(survivors);
    void killed;
    expect(outcomes.map(({ failed }) => failed)).toEqual([0, 0]);
    const reasons = outcomes.flatMap((item) => item.reasons);
    expect(reasons.length).toBeGreaterThan(0);
    for (const reason of reasons) expect(reason).toMatch(/of 2\.0000 US dollars are spent/);
    expect(await most).toBeLessThanOrEqual(limits.usd + 2e-9);
    // A call may cost 0.101 dollars, and really costs about 0.010: most of its worst case was given back each time.
    const paid = await modelSpend(stores.spend, 'run');
    expect(paid.usd).toBeGreaterThan(limits.usd - 0.102);
    // What the endpoint served and nobody recorded was in flight at the kill: fewer than fit into the limit side by side.
    expect(endpoint.requests.total).toBeGreaterThanOrEqual(paid.calls);
    expect(endpoint.requests.total - paid.calls).toBeLessThanOrEqual(limits.usd / 0.1);
    await stores.reservations.clear('run');
    expect(await stores.reservations.reserved('run')).toEqual({ calls: 0, tokens: 0, usd: 0 });
  });

  it('send no more requests than the rate of their endpoint allows, all together', async () => {
    const requestsPerMinute = 1_200;
    const started = await startWorkers(3, {
      limits: {},
      endpoint: { requestsPerMinute },
      callers: 16,
      callsEach: 5,
    });
    const { outcomes, times, tookMs } = await timed(started);
    expect(outcomes.map(({ made }) => made)).toEqual([80, 80, 80]);
    // 60 at once, then 20 a second: 240 calls take 9 s.
    expect(tookMs).toBeGreaterThan(8_500);
    times.forEach((time, index) => expect(time).toBeGreaterThanOrEqual((index - 60) * 50));
    expect(endpoint.requests.total).toBe(240);
  });

  it('use no more tokens than the rate of their endpoint allows, all together', async () => {
    const tokensPerMinute = 12_000;
    const started = await startWorkers(3, { limits: {}, endpoint: { tokensPerMinute }, callers: 16, callsEach: 3 });
    const { outcomes, times, tookMs } = await timed(started);
    expect(outcomes.map(({ made }) => made)).toEqual([48, 48, 48]);
    const { promptTokens, completionTokens } = await stores.spend.totals('run');
    const tokens = promptTokens + completionTokens;
    // 600 at once, then 200 a second.
    expect(tokens).toBeGreaterThan(1_500);
    expect(tookMs).toBeGreaterThan((tokens - 600) * 5 * 0.95);
    times.forEach((time, index) => expect(time).toBeGreaterThanOrEqual(((index * tokens) / 144 - 600) * 5 * 0.95));
  });

  it('send nothing while their endpoint told one of them to wait', async () => {
    endpoint.setFaults([{ when: { request: 40 }, fault: { type: 'rate-limit', retryAfter: 4 } }]);
    const endpointRate = { requestsPerMinute: 3_000 };
    const started = await startWorkers(3, { limits: {}, endpoint: endpointRate, callers: 8, callsEach: 10 });
    const { outcomes, times } = await timed(started);
    expect(outcomes.map(({ made }) => made)).toEqual([80, 80, 80]);
    const refused = times[39] ?? 0;
    // What a process had taken from the bucket a moment before is still sent.
    expect(times.filter((time) => time > refused + 600 && time < refused + 3_900)).toEqual([]);
    expect(times.filter((time) => time > refused + 3_900).length).toBeGreaterThan(50);
    expect(endpoint.requests.total).toBe(241);
  });
});
