import { z } from 'zod';
import { defaultPlan } from '../../core/run/plan';
import { component } from '../../core/system/component';
import { system } from '../../core/system/system';
import { prompt } from '../../core/system/variable';
import { LanguageModels } from '../../providers/language-models';
import { TemporaryFolder } from '../../storage/testing/temporary-folder';
import { activityDependencies } from '../../test/support/activity-attempt';
import { startScriptedEndpoint, type ScriptedEndpoint } from '../../test/support/scripted-endpoint';
import type { ScriptedEndpointOptions } from '../../test/support/scripted-endpoint-options';
import { resolveSystem } from '../definition/resolve-system';
import { openRun } from '../open-run';
import { runModels } from '../run-models';
import type { TracedEvaluation } from '../traces';
import { oproProposals } from './opro';

const text = z.object({ text: z.string() });
const rows = (id: string) => [{ id, text: 'x' }];
const writer = component({
  name: 'writer',
  description: 'Writes',
  input: text,
  output: text,
  configuration: { prompt: prompt('Write.') },
  run: (inputs) => inputs,
});
const writing = system({
  name: 'writing',
  input: text,
  output: text,
  from: { text: 'writer.text' },
  components: [writer],
  metric: () => 1,
  dataset: { train: rows('a'), validation: rows('b'), test: rows('c') },
});
const instructed = (instructions: string) => ({ writer: { prompt: { instructions, demonstrations: [] } } });

let folder: TemporaryFolder;
let endpoint: ScriptedEndpoint | undefined;
beforeEach(async () => {
  folder = await TemporaryFolder.create();
});
afterEach(async () => {
  await endpoint?.close();
  await folder.remove();
});

async function proposed(options: ScriptedEndpointOptions) {
  endpoint = await startScriptedEndpoint(options);
  const resolved = await resolveSystem(writing);
  const dependencies = await activityDependencies(folder, resolved, {
    languageModels: new LanguageModels({ e: { baseURL: endpoint.url, models: { large: {} } } }, {}),
    proposer: 'large',
  });
  const { stores } = dependencies;
  await stores.runs.create({
    runId: 'run',
    system: 'writing',
    seed: 0,
    status: 'running',
    definitionHash: resolved.definitionHash,
    input: { plan: defaultPlan, fresh: false, components: 1, models: await runModels(dependencies) },
  });
  const configurationHash = await stores.configurations.put(instructed('Write.'));
  const finalist = await stores.configurations.put(instructed('Scribble.'));
  // Validation examples were easy; the incumbent scores 0.5 on its preference inputs.
  const body = { component: 'writer', finalist, accepted: false, before: 0.9, after: 0.8 };
  await stores.ledger.append('run', [{ key: 'iteration/0/decision', iteration: 0, kind: 'decision', body }]);
  const evaluation = { exampleId: 'a', score: 0.5, drawIndex: 0 };
  const traced = { evaluation, trace: { exampleId: 'a', components: {}, output: { status: 'ok', value: {} } } };
  const proposals = await oproProposals(dependencies, await openRun(dependencies, 'run'), {
    input: { runId: 'run', component: 'writer', iteration: 1, configurationHash, limits: {}, count: 1 },
    component: writer,
    incumbent: { variables: writer.configuration, settings: instructed('Write.').writer },
    traces: new Map([['a', traced as TracedEvaluation]]),
    signal: new AbortController().signal,
  });
  return { proposals, recorded: await stores.ledger.list('run', { kind: 'proposer' }) };
}

const failing = (status: number): ScriptedEndpointOptions => ({
  reply: () => '',
  faults: [{ when: 'always', fault: { type: 'reply', status, body: { detail: 'too long' } } }],
});

describe('oproProposals', () => {
  it("shows the proposer earlier instructions on the incumbent's scale", async () => {
    const asked: string[] = [];
    const { proposals } = await proposed({
      reply: ({ messages }) => {
        asked.push(messages.map(({ content }) => content).join('\n'));
        return '<instructions>\nWrite with care.\n</instructions>';
      },
    });
    expect(proposals).toHaveLength(1);
    expect(asked[0]).toContain('Score 0.400:\n<instructions>\nScribble.');
    expect(asked[0]).toContain('Score 0.500 (current):\n<instructions>\nWrite.');
  });

  it.each([400, 422])(
    'goes on without a proposer that rejects the request with %i, and records why',
    async (status) => {
      const { proposals, recorded } = await proposed(failing(status));
      expect(proposals).toEqual([]);
      expect(recorded.map(({ body }) => body)).toEqual([
        {
          component: 'writer',
          variable: 'prompt',
          usable: 0,
          rejected: [],
          reason: expect.stringContaining('too long'),
        },
      ]);
    },
  );

  it.each([401, 404, 503])('does not go on after %i: trying again or a person may help', async (status) => {
    await expect(proposed(failing(status))).rejects.toMatchObject({ name: 'InfrastructureError', status });
  });
});
