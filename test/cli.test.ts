import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import type { AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { exportedConfigurationSchema } from '../client/report/exported-configuration';
import { resultDocumentSchema } from '../core/run/result-document';
import { processAlive } from '../providers/processes';
import { scriptedReply } from '../systems/synthetic';
import { suiteEnvironment } from './suite-environment';
import { commandConfig, quickPlan } from './support/command-config';
import { CommandLine } from './support/command-line';
import { startScriptedEndpoint, type ScriptedEndpoint } from './support/scripted-endpoint';

jest.setTimeout(400_000);

const distribution = path.resolve(__dirname, '../dist');
const { ensureCompiled } = jest.requireActual<{ ensureCompiled: () => void }>('../scripts/compile.js');

let endpoint: ScriptedEndpoint;
let address: string;

beforeAll(async () => {
  ensureCompiled();
  ({ address } = suiteEnvironment());
  endpoint = await startScriptedEndpoint({ reply: scriptedReply, models: ['small', 'large'] });
});
afterAll(() => endpoint?.close());

async function withProject(text: string, use: (project: CommandLine) => Promise<void>): Promise<void> {
  const project = new CommandLine();
  try {
    project.write('optimas.config.ts', text);
    await use(project);
  } finally {
    await project.close();
  }
}

describe('optimas run, and what it leaves behind', () => {
  let project: CommandLine;
  let runId: string;

  beforeAll(async () => {
    project = new CommandLine();
    project.write('optimas.config.ts', commandConfig(endpoint.url, { address }));
    const { code, out, err } = await project.run('run', '--seed', '4', '--json', 'out/result.json');
    expect({ code, err }).toMatchObject({ code: 0 });
    // Plain lines: no control characters where no person watches.
    // eslint-disable-next-line no-control-regex
    expect(out + err).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(err).toMatch(/estimate for scripted-chain: about [\d,]+ model calls, .* \$0/);
    expect(err).toMatch(/worker: started \(pid \d+/);
    expect(out).toMatch(/Test score .*(held-out examples|no better configuration)/);
    runId = /run (scripted-chain-seed4-\w+) started/.exec(err)?.[1] ?? '';
  });
  afterAll(() => project.close());

  it('writes one valid result document', () => {
    const document = resultDocumentSchema.parse(JSON.parse(readFileSync(project.file('out/result.json'), 'utf8')));
    expect(document).toMatchObject({ runId, system: 'scripted-chain', seed: 4, status: 'completed' });
    expect(document.final.test?.n).toBe(quickPlan.testExamples);
    expect(document.cost.llmCalls).toBeGreaterThan(0);
  });

  it('lists and shows the run', async () => {
    expect((await project.run('list')).out).toMatch(new RegExp(`${runId} +scripted-chain +4 +completed`));
    expect((await project.run('show')).out).toContain(`Run ${runId}: system scripted-chain, seed 4, completed`);
    expect((await project.run('show', runId, '--markdown')).out).toMatch(/^# Optimas run `.*\n[^]*## Configuration\n/);
    const { out } = await project.run('show', runId, '--json');
    expect(out).toBe(readFileSync(project.file('out/result.json'), 'utf8'));
    expect((await project.run('status', runId)).out).toContain(`run ${runId}: completed`);
  });

  it('exports the configuration and the prompts', async () => {
    const exported = exportedConfigurationSchema.parse(JSON.parse((await project.run('export')).out));
    const document = resultDocumentSchema.parse(JSON.parse(readFileSync(project.file('out/result.json'), 'utf8')));
    expect(exported.configuration).toEqual(document.configuration);
    expect((await project.run('export', runId, '--prompts')).out).toMatch(/=== answerer\.prompt ===\n\n\S/);
    expect((await project.run('export', '--output', 'tuned.json')).code).toBe(0);
    expect(JSON.parse(readFileSync(project.file('tuned.json'), 'utf8'))).toEqual(exported);
  });

  it('exports the local reward functions', async () => {
    const document = resultDocumentSchema.parse(JSON.parse(readFileSync(project.file('out/result.json'), 'utf8')));
    const { code, out } = await project.run('export', runId, '--rewards', 'out/rewards');
    expect(code).toBe(0);
    const files = readdirSync(project.file('out/rewards'));
    const newest = Object.entries(document.rewards).map(([name, { version }]) => `${name}-v${version}.json`);
    expect(newest).not.toEqual([]);
    expect(files).toEqual(expect.arrayContaining(newest));
    for (const file of files) expect(out).toContain(file);
    expect((await project.run('export', runId, '--rewards', 'r', '--prompts')).code).toBe(2);
  });

  it('can be read by an application', async () => {
    const application = `
      const { connect } = require('${distribution}/index.js');
      connect().then(async ({ client, close }) => {
        const [{ runId }] = await client.list();
        console.log(runId, (await client.document(runId)).status);
        await close();
      });`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', application], { cwd: project.folder });
    expect(stdout.trim()).toBe(`${runId} completed`);
  });

  it('says which runs it does not know', async () => {
    for (const name of ['show', 'export', 'status', 'pause', 'watch']) {
      const { code, err } = await project.run(name, 'nobody');
      expect({ name, code, err }).toMatchObject({ code: 1, err: expect.stringContaining("run 'nobody' is unknown") });
    }
    expect(await project.run('pause')).toMatchObject({ code: 2, err: expect.stringContaining('no run is open') });
  });
});

it('commands a run from other processes: start, pause, resume, budget, cancel, watch', async () => {
  const slow = await startScriptedEndpoint({ reply: scriptedReply, latencyMs: 100 });
  try {
    await withProject(commandConfig(slow.url, { address }), async (project) => {
      const started = await project.run('start', '--iterations', '10');
      expect(started).toMatchObject({ code: 0, err: expect.stringContaining('no worker runs yet') });
      const runId = started.out.trim();
      expect(await project.run('pause')).toMatchObject({ code: 3, err: expect.stringContaining('optimas worker') });

      const worker = project.start('worker');
      await worker.says(/serves task queue/);
      expect((await project.run('pause', '--reason', 'lunch')).out).toContain(`run ${runId} is paused`);
      expect((await project.run('status')).out).toMatch(/paused by .+: lunch/);
      expect((await project.run('budget', '--max-calls', '9000', '--max-usd', '2')).out).toContain(
        '9,000 calls, $2.00',
      );
      expect((await project.run('resume')).code).toBe(0);
      const watching = project.start('watch', '--json', 'result.json');
      await watching.says(/ calls, /);
      expect((await project.run('cancel', '--reason', 'enough')).code).toBe(0);
      expect(await watching.ended).toMatchObject({ code: 5, out: expect.stringContaining('cancelled by') });
      const document = resultDocumentSchema.parse(JSON.parse(readFileSync(project.file('result.json'), 'utf8')));
      expect(document).toMatchObject({ status: 'cancelled', final: { test: { n: quickPlan.testExamples } } });
      worker.child.kill('SIGINT');
      expect((await worker.ended).code).toBe(0);
    });
  } finally {
    await slow.close();
  }
});

it('Ctrl-C pauses a run, and the same command goes on with it', async () => {
  const slow = await startScriptedEndpoint({ reply: scriptedReply, latencyMs: 100 });
  try {
    await withProject(commandConfig(slow.url, { address }), async (project) => {
      const first = project.start('run', '--iterations', '10');
      await first.says(/preference-data/);
      const [, pid] = await first.says(/worker: started \(pid (\d+)/);
      first.child.kill('SIGINT');
      const { code, err } = await first.ended;
      expect({ code, err }).toMatchObject({
        code: 130,
        err: expect.stringMatching(/is paused; it goes on with: optimas run scripted-chain --yes/),
      });
      expect(processAlive(Number(pid))).toBe(false);
      expect(await project.run('run')).toMatchObject({
        code: 2,
        err: expect.stringMatching(/has not ended. Resume it\? .*--yes/),
      });
      project.write('optimas.config.ts', commandConfig(slow.url, { address, price, dataSeed: 1 }));
      expect((await project.run('run')).err).toContain('began with another definition of the system');
      project.write('optimas.config.ts', commandConfig(slow.url, { address }));
      const second = project.start('run', '--yes');
      await second.says(/goes on/);
      expect((await project.run('cancel', '--now')).code).toBe(0);
      expect((await second.ended).code).toBe(5);
      expect((await project.run('list')).out.match(/scripted-chain-seed0/g)).toHaveLength(1);
    });
  } finally {
    await slow.close();
  }
});

it("takes Temporal's own Cancel for what it is, and starts anew where a new run is asked for", async () => {
  const slow = await startScriptedEndpoint({ reply: scriptedReply, latencyMs: 100 });
  const connection = await Connection.connect({ address });
  try {
    await withProject(commandConfig(slow.url, { address }), async (project) => {
      const first = project.start('run', '--iterations', '10', '--max-calls', '90000', '--max-usd', '5');
      await first.says(/preference-data/);
      const [, runId = ''] = await first.says(/run (scripted-chain-seed0-\w+) started/);
      first.child.kill('SIGINT');
      await first.ended;

      const other = project.start('run', '--yes', '--iterations', '9');
      await other.says(/run .* has not ended, but its plan has iterations 10 instead of 9/);
      const [, otherId = ''] = await other.says(/run (scripted-chain-seed0-\w+) started/);
      expect(otherId).not.toBe(runId);
      await other.says(/ calls, /);
      await project.run('cancel', otherId, '--now');
      expect((await other.ended).code).toBe(5);

      const resumed = project.start('run', '--yes', '--max-calls', '80000', '--json', 'result.json');
      await resumed.says(new RegExp(`run ${runId} goes on`));
      expect((await project.run('status', runId)).out).toContain('budget: 80,000 calls, $5.00');
      await new Client({ connection }).workflow.getHandle(runId).cancel();
      expect(await resumed.ended).toMatchObject({
        code: 5,
        out: expect.stringContaining('cancelled through Temporal'),
      });
      const document = resultDocumentSchema.parse(JSON.parse(readFileSync(project.file('result.json'), 'utf8')));
      expect(document).toMatchObject({ runId, status: 'cancelled' });
    });
  } finally {
    await connection.close();
    await slow.close();
  }
});

it('writes an API key nowhere', async () => {
  const canary = 'sk-canary-4f1c9be27d';
  const guarded = await startScriptedEndpoint({ reply: scriptedReply, models: ['small', 'large'], apiKey: canary });
  const project = new CommandLine({ SCRIPTED_API_KEY: canary });
  try {
    // Its own Temporal server: the workflow history is under .optimas too.
    project.write('optimas.config.ts', commandConfig(guarded.url, { apiKey: 'apiKey: process.env.SCRIPTED_API_KEY' }));
    const run = await project.run('run', '--json', 'result.json');
    expect(run).toMatchObject({ code: 0 });
    const outcomes = [
      run,
      await project.run('export'),
      await project.run('show', '--markdown'),
      await project.run('show', '--json'),
    ];
    for (const { code, out, err } of outcomes) {
      expect(code).toBe(0);
      expect(out + err).not.toContain(canary);
    }
    const files = readdirSync(project.file('.optimas'), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
    expect(files.map((file) => path.basename(file))).toEqual(expect.arrayContaining(['optimas.db', 'worker.log']));
    expect(files.filter((file) => readFileSync(file).includes(canary))).toEqual([]);
  } finally {
    await project.close();
    await guarded.close();
  }
});

it('ends with its own exit code and what to mend when the run pauses itself', async () => {
  const refusing = await startScriptedEndpoint({ faults: [{ when: 'always', fault: { type: 'unauthorized' } }] });
  try {
    await withProject(commandConfig(refusing.url, { address }), async (project) => {
      const { code, err } = await project.run('run');
      expect(code).toBe(4);
      expect(err).toMatch(/paused itself: .*401/);
      expect(err).toMatch(/goes on with: optimas run scripted-chain --yes/);
      const worker = project.start('worker');
      await worker.says(/serves task queue/);
      await project.run('cancel', '--now');
      worker.child.kill('SIGINT');
      await worker.ended;
    });
  } finally {
    await refusing.close();
  }
});

const price = 'price: { promptPerMillion: 10, completionPerMillion: 30 }';

it('asks before it spends money', async () => {
  await withProject(commandConfig(endpoint.url, { address, price }), async (project) => {
    const { code, err } = await project.run('run');
    expect({ code, err }).toMatchObject({
      code: 2,
      err: expect.stringMatching(/tokens, \$\d+\.\d\d.*\n.*cost money.*--yes/),
    });
    expect((await project.run('list')).out).toContain('no runs');
  });
});

it('asks, and warns of a limit in dollars, where a price is not known', async () => {
  await withProject(commandConfig('http://models.invalid/v1', { address }), async (project) => {
    const { code, err } = await project.run('run', '--max-usd', '1');
    expect({ code, err }).toMatchObject({
      code: 2,
      err: expect.stringMatching(
        /--max-usd\) cannot take effect for small, large[^]*no price: small, large[^]*cost money.*--yes/,
      ),
    });
  });
});

it('dev runs server and worker as processes of their own, and ends both', async () => {
  await withProject(commandConfig(endpoint.url), async (project) => {
    const dev = project.start('dev');
    await dev.says(/ready/);
    const pids = [...dev.output().matchAll(/\(pid (\d+)/g)].map(([, pid]) => Number(pid));
    expect(pids).toHaveLength(2);
    const doctor = await project.run('doctor');
    expect(doctor.out).toMatch(/ok +Temporal server[^]*ok +search attributes[^]*ok +worker[^]*ok +endpoint scripted/);
    expect(doctor.code).toBe(0);
    dev.child.kill('SIGINT');
    expect((await dev.ended).code).toBe(0);
    expect(pids.filter(processAlive)).toEqual([]);
  });
});

it('dev tells a mistake in the config as run does, without a stack', async () => {
  const text = commandConfig(endpoint.url, { address }).replace('encoder:', "proposer: 'huge', encoder:");
  await withProject(text, async (project) => {
    const { code, err } = await project.run('run', '--yes');
    const dev = await project.run('dev');
    expect({ code: dev.code, err: dev.err }).toMatchObject({ code, err: expect.stringContaining('huge') });
    expect(code).toBe(2);
    expect(err + dev.err).not.toMatch(/\n +at /);
  });
});

it('dev says when a port is taken', async () => {
  const occupant = createServer();
  await new Promise<void>((resolve) => occupant.listen(0, '127.0.0.1', resolve));
  const { port } = occupant.address() as AddressInfo;
  try {
    await withProject(commandConfig(endpoint.url), async (project) => {
      const { code, err } = await project.run('dev', '--port', String(port));
      expect({ code, err }).toMatchObject({ code: 3, err: expect.stringMatching(new RegExp(`port ${port} .*in use`)) });
    });
  } finally {
    occupant.close();
  }
});

describe('mistakes', () => {
  it('have exit code 2 and a message without a stack', async () => {
    await withProject(commandConfig(endpoint.url, { address }), async (project) => {
      project.write('broken.ts', 'export default {{');
      project.write('empty.ts', 'export default 1');
      project.write(
        'unknown.ts',
        `import { defineConfig } from 'optimas'; export default defineConfig({ system: [] } as never)`,
      );
      const lacking = commandConfig(endpoint.url, { address }).replace(/, large: \{.*?\}/, '');
      project.write('lacking.ts', lacking);
      const mistakes: [RegExp, ...string[]][] = [
        [/no system 'nope' .*scripted-chain/, 'run', 'nope'],
        [/two systems are named/, 'run', 'a', '--system', 'b'],
        [/cannot be loaded/, 'run', '--config', 'broken.ts'],
        [/export default defineConfig/, 'run', '--config', 'empty.ts'],
        [/offers model 'large', which no endpoint .* known models: small/, 'run', '--config', 'lacking.ts'],
        [/no setting 'system'/, 'run', '--config', 'unknown.ts'],
        [/does not exist/, 'list', '--config', 'absent.ts'],
        [/--seed.*whole number/, 'run', '--seed', '1.5'],
        [/--alpha.*number from/, 'run', '--alpha', '2'],
        [/unknown option '--sede'/, 'run', '--sede', '1'],
        [/Did you mean run/, 'rum'],
        [/name at least one of --max-calls/, 'budget', 'x'],
      ];
      for (const [message, ...args] of mistakes) {
        const { code, err } = await project.run(...args);
        expect({ args, code, err }).toMatchObject({ code: 2, err: expect.stringMatching(message) });
        expect(err).not.toMatch(/\n\s+at /);
      }
      expect((await project.run('run', 'nope', '--verbose')).err).toMatch(/\n\s+at /);
    });
  });

  it('a server that cannot be reached has exit code 3', async () => {
    await withProject(commandConfig(endpoint.url, { address: '127.0.0.1:9' }), async (project) => {
      for (const args of [['run'], ['start'], ['status'], ['worker']]) {
        const { code, err } = await project.run(...args);
        expect({ args, code, err }).toMatchObject({
          code: 3,
          err: expect.stringContaining('no Temporal server at 127.0.0.1:9'),
        });
      }
    });
    await withProject(commandConfig(endpoint.url), async (project) => {
      const { code, err } = await project.run('status');
      expect({ code, err }).toMatchObject({ code: 3, err: expect.stringContaining('optimas dev') });
    });
  });
});
