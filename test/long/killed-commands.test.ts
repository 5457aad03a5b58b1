import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { resultDocumentSchema } from '../../core/run/result-document';
import { processAlive } from '../../providers/processes';
import { scriptedReply } from '../../systems/synthetic';
import { commandConfig } from '../support/command-config';
import { CommandLine } from '../support/command-line';
import { startScriptedEndpoint, type ScriptedEndpoint } from '../support/scripted-endpoint';
import { until } from '../support/until';

jest.setTimeout(400_000);
jest.retryTimes(0);

const { ensureCompiled } = jest.requireActual<{ ensureCompiled: () => void }>('../../scripts/compile.js');

let endpoint: ScriptedEndpoint;
let project: CommandLine;

beforeAll(ensureCompiled);
beforeEach(async () => {
  endpoint = await startScriptedEndpoint({ reply: scriptedReply, models: ['small', 'large'], latencyMs: 20 });
  project = new CommandLine();
  project.write('optimas.config.ts', commandConfig(endpoint.url, { plan: { iterations: 3 } }));
});
afterEach(async () => {
  await project.close();
  await endpoint.close();
});

/** Server and worker, each a process of its own. */
const pidsIn = (output: string): number[] => [...output.matchAll(/\(pid (\d+)/g)].map(([, pid]) => Number(pid));
const runsOf = async (): Promise<string[]> =>
  (await project.run('list')).out.match(/scripted-chain-seed\d+-\w+/g) ?? [];

it('optimas run goes on where it was after a kill -9 of the command, with its server and its worker', async () => {
  const killed = project.start('run', '--yes');
  await killed.says(/iteration 1\/3/);
  const pids = pidsIn(killed.output());
  expect(pids.length).toBeGreaterThanOrEqual(2);
  killed.child.kill('SIGKILL');
  await until(() => !pids.some(processAlive));
  const before = endpoint.requests.total;
  expect(before).toBeGreaterThan(50);

  const again = await project.run('run', '--yes', '--json', 'result.json');
  expect(again.err).toMatch(/run scripted-chain-seed0-\w+ goes on/);
  expect(again.code).toBe(0);
  expect(await runsOf()).toHaveLength(1);
  // Nothing is paid twice but what was in flight: 8 activities of 8 examples at most.
  const { total, byHash } = endpoint.requests;
  expect(total - Object.keys(byHash).length).toBeLessThanOrEqual(64);
  // As a run that nobody disturbed.
  const document = (name: string) => resultDocumentSchema.parse(JSON.parse(readFileSync(project.file(name), 'utf8')));
  expect((await project.run('run', '--yes', '--fresh', '--json', 'calm.json')).code).toBe(0);
  expect(document('result.json').iterations).toEqual(document('calm.json').iterations);
  expect(document('result.json').configuration).toEqual(document('calm.json').configuration);
});

it('optimas pause and resume hold across a kill -9 of optimas dev, and a new one', async () => {
  const first = project.start('dev');
  await first.says(/ready/);
  const [runId = ''] = (await project.run('start', '--yes')).out.match(/scripted-chain-seed\d+-\w+/) ?? [];
  await until(() => endpoint.requests.total > 50);
  expect((await project.run('pause', runId, '--reason', 'moving')).code).toBe(0);
  const pids = pidsIn(first.output());
  expect(pids.length).toBeGreaterThanOrEqual(2);
  first.child.kill('SIGKILL');
  await until(() => !pids.some(processAlive));

  const second = project.start('dev');
  await second.says(/ready/);
  const before = endpoint.requests.total;
  await sleep(2_000);
  expect((await project.run('status', runId)).out).toMatch(/paused by .*: moving/);
  expect(endpoint.requests.total).toBe(before);
  expect((await project.run('resume', runId)).code).toBe(0);
  const watched = await project.run('watch', runId);
  expect(watched.code).toBe(0);
  expect(watched.out).toContain('completed');
  second.child.kill('SIGINT');
  await second.ended;
});
