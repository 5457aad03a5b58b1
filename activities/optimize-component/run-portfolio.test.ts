import { z } from 'zod';
import { defaultPlan, type RunPlan } from '../../core/run/plan';
import type { Proposal } from '../../core/search/proposal';
import { component } from '../../core/system/component';
import { configurationHash } from '../../core/system/configuration';
import type { Json } from '../../core/system/json';
import { system } from '../../core/system/system';
import { prompt } from '../../core/system/variable';
import { LanguageModels } from '../../providers/language-models';
import type { Stores } from '../../storage';
import { TemporaryFolder } from '../../storage/testing/temporary-folder';
import { activityDependencies, attempt } from '../../test/support/activity-attempt';
import { startScriptedEndpoint, type ScriptedEndpoint } from '../../test/support/scripted-endpoint';
import type { ScriptedEndpointOptions } from '../../test/support/scripted-endpoint-options';
import { resolveSystem } from '../definition/resolve-system';
import { runModels } from '../run-models';
import { propose } from './propose';
import { loadProposals, storeProposals } from './stored-proposals';

const text = z.object({ text: z.string() });
const rows = (id: string, value: string) => [{ id, text: value }];
const writing = system({
  name: 'writing',
  input: text,
  output: text,
  from: { text: 'writer.text' },
  components: [
    component({
      name: 'writer',
      description: 'Writes',
      input: text,
      output: text,
      configuration: { prompt: prompt('Write.', { demonstrations: { max: 2 } }) },
      run: (inputs) => inputs,
    }),
  ],
  metric: () => 1,
  dataset: {
    train: [...rows('a', 'a dog sat'), ...rows('d', 'a cow ran'), ...rows('e', 'a hen ate')],
    validation: rows('b', 'the quick brown fox jumps over the lazy dog again'),
    test: rows('c', 'six sleepy owls'),
  },
});
const instructed = (instructions: string) => ({ writer: { prompt: { instructions, demonstrations: [] } } });
const hashOf = (instructions: string): string => configurationHash(instructed(instructions));

let folder: TemporaryFolder;
let endpoint: ScriptedEndpoint | undefined;
beforeEach(async () => {
  folder = await TemporaryFolder.create();
});
afterEach(async () => {
  await endpoint?.close();
  await folder.remove();
});

interface Past {
  iteration: number;
  tried: { instructions: string; optimizer: string; measuredGain: number | null; accepted?: boolean }[];
}

/** A run whose incumbent is 'Write.', with an iteration that is about to propose. */
async function started(
  options: ScriptedEndpointOptions,
  { plan = {}, past = [] }: { plan?: Partial<RunPlan>; past?: Past[] } = {},
) {
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
    input: {
      plan: { ...defaultPlan, ...plan },
      fresh: false,
      components: 1,
      models: await runModels(dependencies),
    } as unknown as Json,
  });
  const incumbent = await stores.configurations.put(instructed('Write.'));
  for (const { iteration, tried } of past) await recordPast(stores, iteration, tried);
  const trace = {
    exampleId: 'a',
    components: {
      writer: {
        ...{ component: 'writer', inputs: { text: 'a dog sat' }, outcome: { status: 'ok', outputs: { text: 'dog' } } },
        ...{ configurationHash: 'h', seed: 0, memoHit: false, given: false },
        usage: { calls: 0, promptTokens: 0, completionTokens: 0, usd: 0, latencyMs: 0 },
      },
    },
    output: { status: 'ok', value: {} },
  };
  const { sha256 } = await stores.blobs.putJson(trace);
  await stores.evaluations.putMany(
    { runId: 'run', purpose: 'preference', iteration: 5, configurationHash: incumbent },
    [{ exampleId: 'a', drawIndex: 0, score: 0.5, feedback: 'too short', traceBlob: sha256 }],
  );
  const run = async () => {
    const step = { runId: 'run', component: 'writer', iteration: 5, configurationHash: incumbent };
    const reference = await attempt(() => propose(dependencies, { ...step, limits: {}, count: 1 }));
    const place = { incumbent: instructed('Write.'), component: 'writer' };
    const proposals = [...(await loadProposals(stores, place, [reference.sha256])).values()];
    const [portfolio] = await stores.ledger.list('run', { kind: 'portfolio' });
    return { reference, proposals, portfolio: portfolio?.body as unknown as Portfolio };
  };
  return { run, stores };
}

interface Portfolio {
  shares: { optimizer: string; slots: number; offered: number; taken: number; meanGain: number | null }[];
  rejected: { optimizer: string; text: string; reason: string }[];
}

async function recordPast(stores: Stores, iteration: number, tried: Past['tried']): Promise<void> {
  const proposals = tried.map(({ instructions, optimizer }): Proposal => ({
    settings: instructed(instructions).writer,
    origin: 'opro',
    changed: [{ variable: 'prompt', kind: 'instructions' }],
    optimizers: [optimizer],
  }));
  const place = { incumbent: instructed('Write.'), component: 'writer' };
  const { sha256 } = await storeProposals(stores, place, proposals);
  await stores.ledger.append('run', [
    {
      key: `iteration/${iteration}/proposals`,
      iteration,
      kind: 'proposals',
      body: {
        component: 'writer',
        incumbent: hashOf('Write.'),
        blobs: [sha256],
        proposals: tried.map(({ instructions, optimizer, measuredGain }) => ({
          configurationHash: hashOf(instructions),
          ...{ optimizers: [optimizer], origin: 'opro', expectedGain: measuredGain, measuredGain, finalist: false },
        })),
      },
    },
  ]);
}

const failing = (status: number): ScriptedEndpointOptions => ({
  reply: () => '',
  faults: [{ when: 'always', fault: { type: 'reply', status, body: { detail: 'too long' } } }],
});

const written = (proposals: readonly Proposal[], origin = 'opro'): string[] =>
  proposals
    .filter((proposal) => proposal.origin === origin)
    .map(({ settings }) => (settings['prompt'] as unknown as { instructions: string }).instructions);

describe('runPortfolio', () => {
  it("shows the proposer earlier instructions on the incumbent's scale", async () => {
    const asked: string[] = [];
    const { run } = await started(
      {
        reply: ({ messages }) => {
          asked.push(messages.map(({ content }) => content).join('\n'));
          return '<instructions>\nWrite with care.\n</instructions>';
        },
      },
      {
        plan: { optimizers: ['opro'] },
        past: [{ iteration: 0, tried: [{ instructions: 'Scribble.', optimizer: 'opro', measuredGain: -0.1 }] }],
      },
    );
    const { proposals } = await run();
    expect(written(proposals)).toEqual(['Write with care.']);
    expect(asked[0]).toContain('Score 0.400:\n<instructions>\nScribble.');
    expect(asked[0]).toContain('Score 0.500 (current):\n<instructions>\nWrite.');
  });

  it.each([400, 422])(
    'goes on without a proposer that rejects the request with %i, and records why',
    async (status) => {
      const { run, stores } = await started(failing(status));
      const { proposals } = await run();
      expect(proposals.length).toBeGreaterThan(5);
      expect(written(proposals)).toEqual([]);
      const recorded = await stores.ledger.list('run', { kind: 'proposer' });
      expect(recorded.map(({ body }) => body)).toContainEqual({
        ...{ component: 'writer', variable: 'prompt', optimizer: 'opro' },
        reason: expect.stringContaining('too long'),
      });
    },
  );

  it.each([401, 404, 503])('does not go on after %i: trying again or a person may help', async (status) => {
    const { run } = await started(failing(status));
    await expect(run()).rejects.toThrow(/\S/);
  });

  it('asks only the optimizers that the plan names', async () => {
    const { run } = await started({ reply: () => '["Write with care."]' }, { plan: { optimizers: ['edits'] } });
    const { proposals, portfolio } = await run();
    expect(portfolio.shares.map(({ optimizer }) => optimizer)).toEqual(['edits']);
    expect(new Set(proposals.flatMap(({ optimizers }) => optimizers))).toEqual(new Set(['edits']));
    expect(endpoint?.requests.chat).toBe(0);
  });
});
