import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import { scriptedReply } from '../../systems/synthetic';
import { suiteEnvironment } from '../suite-environment';
import { CommandLine } from '../support/command-line';
import { startScriptedEndpoint, type ScriptedEndpoint } from '../support/scripted-endpoint';
import { tinyPlan } from '../support/test-run';
import { startTlsFront, tlsFiles, type TlsFront } from '../support/tls-front';
import { until } from '../support/until';

jest.setTimeout(200_000);

const apiKey = 'temporal-canary-83b0c1';
const namespace = 'production';
const distribution = path.resolve(__dirname, '../../dist');
const { ensureCompiled } = jest.requireActual<{ ensureCompiled: () => void }>('../../scripts/compile.js');

let endpoint: ScriptedEndpoint;
let front: TlsFront;
const projects: CommandLine[] = [];

beforeAll(async () => {
  ensureCompiled();
  endpoint = await startScriptedEndpoint({ reply: scriptedReply, models: ['small', 'large'] });
  const { address } = suiteEnvironment();
  front = await startTlsFront(address, apiKey);
  const connection = await Connection.connect({ address });
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  // It is served some seconds after it was made.
  await until(() => connection.workflowService.listWorkflowExecutions({ namespace }).then(() => true));
  await connection.close();
});
afterAll(async () => {
  for (const project of projects) await project.close();
  await front.close();
  await endpoint.close();
});

function projectWith(environment: Record<string, string>): CommandLine {
  const project = new CommandLine(environment);
  projects.push(project);
  project.write(
    'optimas.config.ts',
    `import { defineConfig } from 'optimas';
     import { scriptedChain } from '${distribution}/systems/synthetic';
     export default defineConfig({
       endpoints: { scripted: { baseURL: '${endpoint.url}', models: { small: {}, large: {} }, pure: true } },
       encoder: 'hashed-ngrams',
       systems: [scriptedChain()],
       optimization: ${JSON.stringify(tinyPlan)},
     });`,
  );
  return project;
}

const variables = () => ({
  TEMPORAL_ADDRESS: front.address,
  TEMPORAL_NAMESPACE: namespace,
  TEMPORAL_TLS: 'true',
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: tlsFiles.authority,
  TEMPORAL_TLS_CLIENT_CERT_PATH: tlsFiles.clientCertificate,
  TEMPORAL_TLS_CLIENT_KEY_PATH: tlsFiles.clientKey,
  TEMPORAL_API_KEY: apiKey,
});

it("runs over TLS with a client certificate and a key from Temporal's environment variables, and writes the key nowhere", async () => {
  const project = projectWith(variables());
  const { code, out, err } = await project.run('run', '--json', 'result.json');
  expect({ code, err }).toMatchObject({ code: 0 });
  expect(JSON.parse(readFileSync(project.file('result.json'), 'utf8'))).toMatchObject({ status: 'completed' });
  // Client and worker both came through it.
  expect([...front.methods]).toEqual(
    expect.arrayContaining(['StartWorkflowExecution', 'PollActivityTaskQueue', 'RespondWorkflowTaskCompleted']),
  );
  expect(out + err).not.toContain(apiKey);
  const files = readdirSync(project.file('.optimas')).map((name) => project.file(`.optimas/${name}`));
  expect(files.filter((file) => readFileSync(file).includes(apiKey))).toEqual([]);
});

it("takes a profile of Temporal's configuration file", async () => {
  const project = projectWith({ TEMPORAL_CONFIG_FILE: 'temporal.toml', TEMPORAL_PROFILE: 'live' });
  project.write(
    'temporal.toml',
    `[profile.live]
     address = "${front.address}"
     namespace = "${namespace}"
     api_key = "${apiKey}"
     [profile.live.tls]
     server_ca_cert_path = "${tlsFiles.authority}"
     client_cert_path = "${tlsFiles.clientCertificate}"
     client_key_path = "${tlsFiles.clientKey}"`,
  );
  const { out } = await project.run('doctor');
  expect(out).toMatch(new RegExp(`ok +Temporal server: ${front.address}`));
});

it.each([
  // An empty variable counts as unset.
  ['without a client certificate', { TEMPORAL_TLS_CLIENT_CERT_PATH: '', TEMPORAL_TLS_CLIENT_KEY_PATH: '' }],
  ['with another key', { TEMPORAL_API_KEY: 'another' }],
  ['without TLS', { TEMPORAL_TLS: 'false' }],
])('ends %s with exit code 3 and the address', async (_, without) => {
  const project = projectWith({ ...variables(), ...without });
  const { code, err } = await project.run('run');
  expect({ code, err }).toMatchObject({ code: 3, err: expect.stringContaining(front.address) });
});

it('names a certificate that cannot be read', async () => {
  const project = projectWith({ ...variables(), TEMPORAL_TLS_CLIENT_KEY_PATH: 'absent.key' });
  const { code, err } = await project.run('status');
  expect({ code, err }).toMatchObject({
    code: 2,
    err: expect.stringMatching(/environment configuration .*absent\.key/),
  });
});
