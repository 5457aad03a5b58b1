import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CompiledQuery } from 'kysely';
import { scriptedChain, scriptedReply } from '../../systems/synthetic';
import { databaseAwayMs } from '../support/database-away';
import { decisionProjection } from '../support/decisions';
import { startScriptedEndpoint, type FaultRule, type ScriptedEndpoint } from '../support/scripted-endpoint';
import { quickActivities, TestRuns, tinyPlan } from '../support/test-run';
import { until } from '../support/until';
import { killNow, spawnWorker } from '../support/worker-process';
import { suiteEnvironment } from '../suite-environment';

jest.setTimeout(400_000);

const who = { actor: 'test', reason: 'the storm is over' };
const patient = { heartbeatTimeoutMs: 5_000, maximumAttempts: 40, initialIntervalMs: 20, maximumIntervalMs: 100 };
const hourMs = 3_600_000;

let endpoint: ScriptedEndpoint;
let runs: TestRuns;
const opened: TestRuns[] = [];

async function open(options: Partial<Parameters<typeof TestRuns.open>[0]> = {}): Promise<TestRuns> {
  const made = await TestRuns.open({
    systems: [scriptedChain()],
    endpoints: {
      scripted: { baseURL: endpoint.url, models: { small: {}, large: {} }, pure: true, timeoutMs: 1_000 },
    },
    ...options,
  });
  opened.push(made);
  return made;
}

beforeEach(async () => {
  endpoint = await startScriptedEndpoint({ reply: scriptedReply, latencyMs: 10 });
  runs = await open();
});
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
  await endpoint.close();
});

const start = (): Promise<string> => runs.start({ system: 'scripted-chain', plan: tinyPlan, activities: patient });

/** Those of a run of the same seed without any fault and with an empty memo: the same for every storm. */
let calmDecisions: string[] | undefined;

async function expectDecisionsOfACalmRun(stormy: string): Promise<void> {
  const decisions = decisionProjection(await runs.runtime.stores.ledger.list(stormy));
  expect(decisions.length).toBeGreaterThan(5);
  calmDecisions ??= await decideCalmly();
  expect(decisions).toEqual(calmDecisions);
}

async function decideCalmly(): Promise<string[]> {
  endpoint.setFaults([]);
  const calm = await runs.start({ system: 'scripted-chain', plan: tinyPlan, fresh: true });
  expect((await runs.client.result(calm)).status).toBe('completed');
  return decisionProjection(await runs.runtime.stores.ledger.list(calm));
}

const pragma = (sql: string) =>
  runs.runtime.stores.database.read<Record<string, number>>({
    compile: () => CompiledQuery.raw(`pragma ${sql}`) as never,
  });

it('decides the same when 30 % of all calls fail at random', async () => {
  const faults = [
    { type: 'rate-limit', retryAfterMs: 20 },
    { type: 'server-error' },
    { type: 'hang' },
    { type: 'malformed' },
    { type: 'drop' },
  ] as const;
  const struck = faults.map(() => 0);
  endpoint.setFaults(
    faults.map((fault, index): FaultRule => ({
      fault,
      when: ({ number }) => {
        const hits = Math.floor(randomShare(number) / (0.3 / faults.length)) === index;
        if (hits) struck[index] = (struck[index] ?? 0) + 1;
        return hits;
      },
    })),
  );
  const stormy = await start();
  expect((await runs.client.result(stormy)).status).toBe('completed');
  const { total, faults: failed } = endpoint.requests;
  expect(failed / total).toBeGreaterThan(0.2);
  expect(failed / total).toBeLessThan(0.4);
  expect(Math.min(...struck)).toBeGreaterThan(5);
  await expectDecisionsOfACalmRun(stormy);
});

/** In [0, 1), the same in every run of the test. */
function randomShare(number: number): number {
  return createHash('sha256').update(`storm ${number}`).digest().readUInt32BE(0) / 2 ** 32;
}

it('goes on when another process kept the database locked for seconds, without standing still or a second attempt', async () => {
  const activities = { ...quickActivities, heartbeatTimeoutMs: 30_000 };
  const release = endpoint.hold(60);
  const runId = await runs.start({ system: 'scripted-chain', plan: tinyPlan, activities });
  await until(() => endpoint.requests.total > 60);
  const file = fileURLToPath(runs.runtime.stores.database.url.replace(/^file:(?!\/\/)/, 'file://'));
  const program = `
    const db = new (require('libsql'))(${JSON.stringify(file)}, { timeout: 5000 });
    db.exec('begin exclusive');
    console.log('locked');
    process.stdin.on('end', () => { db.exec('rollback'); db.close(); }).resume();`;
  const locking = spawn(process.execPath, ['-e', program], { cwd: __dirname, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(locking, 'exit');
  await once(locking.stdout, 'data');
  const locked = await committed();
  release();
  // The workers are in this process. One that waited for the lock within a call of the database would miss heartbeats.
  expect(await shareOfTicks(databaseAwayMs)).toBeGreaterThan(0.25);
  expect(await committed()).toBe(locked);
  expect((await runs.client.progress(runId)).paused).toBeNull();
  locking.stdin.end();
  await ended;
  expect((await runs.client.result(runId)).status).toBe('completed');
  expect(await mostAttempts(runId)).toBe(1);
  await expectDecisionsOfACalmRun(runId);
});

/** How many of the turns that it could take in that time this process took; a machine that stalls costs some. */
async function shareOfTicks(milliseconds: number): Promise<number> {
  const eachMs = 50;
  let ticks = 0;
  const timer = setInterval(() => ticks++, eachMs);
  const started = performance.now();
  await sleep(milliseconds);
  clearInterval(timer);
  return (ticks * eachMs) / (performance.now() - started);
}

/** Of any activity of the run or its iteration. */
async function mostAttempts(runId: string): Promise<number> {
  const histories = await Promise.all(
    [runId, `${runId}/iteration-1`].map((id) => runs.temporal.workflow.getHandle(id).fetchHistory()),
  );
  const events = histories.flatMap((history) => history.events ?? []);
  return Math.max(...events.map(({ activityTaskStartedEventAttributes: started }) => started?.attempt ?? 1));
}

/** Most attempts of an activity that has not ended, as the server counts them: it gives up one whose heartbeat is missing. */
async function pendingAttempts(runId: string): Promise<number> {
  const { raw } = await runs.temporal.workflow.getHandle(runId).describe();
  return Math.max(0, ...(raw.pendingActivities ?? []).map(({ attempt }) => attempt ?? 0));
}

async function committed(): Promise<number> {
  const { database } = runs.runtime.stores;
  return (await database.read(database.queries.selectFrom('memo').select('key'))).length;
}

it('goes on to the same decisions when its worker was asleep for longer than a heartbeat', async () => {
  await runs.stopWorkers();
  const { address, workflowBundle } = suiteEnvironment();
  const worker = await spawnWorker({
    address,
    taskQueue: runs.taskQueue,
    databaseUrl: runs.runtime.stores.database.url,
    endpointUrl: endpoint.url,
    bundlePath: workflowBundle,
  });
  try {
    const activities = { ...patient, heartbeatTimeoutMs: 2_000 };
    const release = endpoint.hold(60); // So that calls are in flight when it falls asleep.
    const runId = await runs.start({ system: 'scripted-chain', plan: tinyPlan, activities });
    await until(() => endpoint.requests.total > 60);
    worker.kill('SIGSTOP'); // As when a laptop sleeps: nothing of the process runs, and then all of it goes on.
    await until(async () => (await pendingAttempts(runId)) > 1);
    release();
    worker.kill('SIGCONT');
    expect((await runs.client.result(runId)).status).toBe('completed');
    expect(await mostAttempts(runId)).toBeGreaterThan(1);
    await runs.startWorkers();
    await expectDecisionsOfACalmRun(runId);
  } finally {
    await killNow(worker);
  }
});

it('pauses when the disk is full, and goes on after space is freed, with nothing lost', async () => {
  const release = endpoint.hold(60);
  const runId = await runs.start({ system: 'scripted-chain', plan: tinyPlan });
  await until(() => endpoint.requests.total > 60);
  const [{ page_count: pages = 0 } = {}] = await pragma('page_count');
  await pragma(`max_page_count = ${pages}`);
  release();
  await until(async () => (await runs.client.progress(runId)).status === 'paused');
  expect((await runs.client.progress(runId)).paused).toMatchObject({
    by: 'optimas',
    reason: expect.stringMatching(/^the disk is full: cannot write to .*optimas\.db; free some space$/),
  });
  const kept = await committed();
  const asked = endpoint.requests.total;
  await sleep(3_000);
  expect(endpoint.requests.total).toBe(asked); // Replies that cannot be stored are not paid for again.
  await pragma('max_page_count = 1000000');
  await runs.client.resume(runId, who);
  expect((await runs.client.result(runId)).status).toBe('completed');
  expect(await committed()).toBeGreaterThan(kept);
  expect(await pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  await expectDecisionsOfACalmRun(runId);
});

it('decides the same while the clock of one of two workers jumps by hours, forward and back', async () => {
  let offsetMs = 0;
  // The run must not end before both jumps were seen. The endpoint is in this process: what slows the one slows the other.
  endpoint.setLatency(300);
  await open({ sharing: runs, now: () => Date.now() + offsetMs });
  const runId = await runs.start({
    system: 'scripted-chain',
    plan: tinyPlan,
    budget: { wallClockMs: hourMs },
    activities: patient,
  });
  const stored = async (): Promise<number[]> => {
    const { database } = runs.runtime.stores;
    const times = await database.read(database.queries.selectFrom('memo').select('created_at'));
    return times.map(({ created_at: at }) => at - Date.now());
  };
  // Each jump lasts until a call was stored under it.
  await until(() => endpoint.requests.total > 30);
  offsetMs = 5 * hourMs;
  await until(async () => Math.max(...(await stored())) > 4 * hourMs);
  offsetMs = -7 * hourMs;
  await until(async () => Math.min(...(await stored())) < -6 * hourMs);
  offsetMs = 0;
  endpoint.setLatency(10);
  expect((await runs.client.progress(runId)).status).toBe('running');
  const result = await runs.client.result(runId);
  expect(result).toMatchObject({ status: 'completed' });
  expect((await runs.client.progress(runId)).activeMs).toBeLessThan(hourMs);
  await expectDecisionsOfACalmRun(runId);
});
