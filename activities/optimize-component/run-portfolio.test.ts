import { z } from 'zod';
import { defaultPlan, type RunPlan } from '../../core/run/plan';
import type { Proposal } from '../../core/search/proposal';
import { component } from '../../core/system/component';
import { configurationHash } from '../../core/system/configuration';
import type { Json } from '../../core/system/json';
import { system, type System } from '../../core/system/system';
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
import type { PortfolioRecord } from './run-portfolio';
import { loadProposals, storeProposals } from './stored-proposals';

jest.setTimeout(30_000);

const text = z.object({ text: z.string() });
const rows = (id: string, value: string) => [{ id, text: value }];
const dataset = {
  train: [...rows('a', 'a dog sat'), ...rows('d', 'a cow ran'), ...rows('e', 'a hen ate')],
  validation: rows('b', 'the quick brown fox jumps over the lazy dog again'),
  test: rows('c', 'six sleepy owls'),
};
const writingOn = (splits: Partial<typeof dataset>) =>
  system({
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
    dataset: { ...dataset, ...splits },
  });
const good = '<instructions>\nWrite with care.\n</instructions>';
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
  tried: {
    instructions: string;
    optimizer: string;
    measuredGain: number | null;
    /** On validation. */
    realised?: number;
    /** By training example. */
    gains?: Record<string, number>;
  }[];
}

/** A run whose incumbent is 'Write.', with an iteration that is about to propose. */
async function started(
  options: ScriptedEndpointOptions,
  {
    plan = {},
    past = [],
    system: defined = writingOn({}),
  }: { plan?: Partial<RunPlan>; past?: Past[]; system?: System } = {},
) {
  endpoint = await startScriptedEndpoint(options);
  const resolved = await resolveSystem(defined);
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
    [{ exampleId: 'a', drawIndex: 0, score: 0.9, feedback: 'too short', traceBlob: sha256 }],
  );
  const run = async () => {
    const step = { runId: 'run', component: 'writer', iteration: 5, configurationHash: incumbent };
    const reference = await attempt(() => propose(dependencies, { ...step, limits: {}, count: 1 }));
    const place = { incumbent: instructed('Write.'), component: 'writer' };
    const proposals = [...(await loadProposals(stores, place, [reference.sha256])).values()];
    const [portfolio] = await stores.ledger.list('run', { kind: 'portfolio' });
    return { reference, proposals, portfolio: portfolio?.body as unknown as PortfolioRecord };
  };
  return { run, stores };
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
    {
      ...{ key: `iteration/${iteration}/judged/x`, iteration, kind: 'judged' },
      body: {
        ...{ component: 'writer', incumbent: hashOf('Write.'), judge: 'metric', examples: [] },
        gains: Object.fromEntries(
          tried.flatMap((item) => (item.gains ? [[hashOf(item.instructions), item.gains]] : [])),
        ),
      },
    },
    {
      ...{ key: `iteration/${iteration}/decision`, iteration, kind: 'decision' },
      body: {
        ...{ component: 'writer', accepted: false, incumbent: hashOf('Write.') },
        validated: tried.flatMap(({ instructions, realised }) =>
          realised === undefined ? [] : [{ configurationHash: hashOf(instructions), realised }],
        ),
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
    expect(asked[0]).toContain('Score 0.800:\n<instructions>\nScribble.');
    expect(asked[0]).toContain('Score 0.900 (current):\n<instructions>\nWrite.');
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

  it('gives every optimizer that applies a part of the slots, and records it', async () => {
    const { run } = await started({ reply: () => good });
    const { proposals, portfolio } = await run();
    expect(proposals).toHaveLength(defaultPlan.proposals);
    expect(
      portfolio.shares.map(({ optimizer, slots, tries, meanGain }) => [optimizer, slots, tries, meanGain]),
    ).toEqual(
      ['opro', 'reflection', 'demonstrations', 'edits', 'instructions-and-demonstrations'].map((name) => [
        ...[name, expect.any(Number) as number, 0, null],
      ]),
    );
    const slots = portfolio.shares.map((share) => share.slots);
    expect(Math.max(...slots) - Math.min(...slots)).toBeLessThanOrEqual(1);
    for (const { optimizer, offered, taken } of portfolio.shares) {
      expect(offered).toBeGreaterThanOrEqual(taken);
      expect(proposals.filter(({ optimizers }) => optimizers?.includes(optimizer))).toHaveLength(taken);
    }
  });

  it('gives more slots to what gained in earlier iterations, by validation where there is one', async () => {
    const slotsOf = async (optimizer: string, past: Past[]): Promise<number> => {
      await folder.remove();
      folder = await TemporaryFolder.create();
      const { run } = await started({ reply: () => good }, { past });
      const { portfolio } = await run();
      await endpoint?.close();
      endpoint = undefined;
      return portfolio.shares.find((share) => share.optimizer === optimizer)?.slots ?? 0;
    };
    const gained = (optimizer: string, realised?: number): Past => ({
      iteration: 4,
      tried: ['edits', 'opro', 'demonstrations'].flatMap((name) =>
        Array.from({ length: 4 }, (_, index) => ({
          ...{ instructions: `${name} ${index}`, optimizer: name, measuredGain: name === optimizer ? 0.3 : 0 },
          ...(name === optimizer && realised !== undefined && { realised }),
        })),
      ),
    });
    expect(await slotsOf('edits', [gained('edits')])).toBeGreaterThan(6);
    expect(await slotsOf('edits', [gained('opro')])).toBeLessThan(4);
    expect(await slotsOf('edits', [gained('edits', -0.1)])).toBeLessThan(6);
  });

  it('answers what the first attempt recorded, and pays for no reply twice', async () => {
    let replies = 0;
    const { run, stores } = await started({ reply: () => `<instructions>Version ${++replies}.</instructions>` });
    const first = await run();
    const paid = endpoint?.requests.chat;
    const tried = ['Version 1.', 'Version 2.'].map((instructions) => ({
      ...{ instructions, optimizer: 'opro', measuredGain: 0.5 },
    }));
    await recordPast(stores, 0, tried);
    const second = await run();
    expect(second.reference).toEqual(first.reference);
    expect(written(second.proposals)).toHaveLength(1);
    expect(endpoint?.requests.chat).toBe(paid);
  });

  it.each([
    ['nothing', '', 'the reply is empty'],
    [
      'an essay',
      `Prompting is an art. ${'It takes time and care. '.repeat(200)}`,
      'long text in which no instructions',
    ],
    ['invalid JSON', '{"instructions": ["Write with', 'not valid JSON'],
    ['the same prompt', '<instructions>Write.</instructions>', 'is the current instructions'],
    ['200,000 characters', `<instructions>${'long '.repeat(40_000)}</instructions>`, 'is longer than 8000 characters'],
    ['a held-out input', '<instructions>Write like "Six sleepy owls".</instructions>', "copies held-out example 'c'"],
    [
      'a held-out passage',
      '<instructions>E.g. quick brown fox jumps over the lazy dog.</instructions>',
      "copies held-out example 'b'",
    ],
  ])('goes on with the others when the proposer replies %s, and records why', async (_, reply, reason) => {
    const { run } = await started({ reply: () => reply });
    const { proposals, portfolio } = await run();
    expect(proposals.length).toBeGreaterThan(5);
    expect(written(proposals)).toEqual([]);
    expect(written(proposals, 'reflection')).toEqual([]);
    for (const optimizer of ['opro', 'reflection']) {
      expect(portfolio.rejected).toContainEqual({
        ...{ optimizer, text: expect.any(String) as string },
        reason: expect.stringContaining(reason) as string,
      });
    }
    for (const { text } of portfolio.rejected) expect(text.length).toBeLessThan(250);
  });

  it('keeps to the trust region of the plan, and records what is beyond', async () => {
    const reply = '<instructions>Write now.</instructions><instructions>Do something else entirely.</instructions>';
    const { run } = await started({ reply: () => reply }, { plan: { promptTrustRegion: 0.5 } });
    const { proposals, portfolio } = await run();
    expect(written(proposals)).toEqual(['Write now.']);
    expect(portfolio.rejected.map(({ reason }) => reason)).toContainEqual(
      'changes at least 100 % of the words, more than promptTrustRegion (0.5) allows',
    );
  });

  it('rewrites and merges instructions that were best on some training inputs', async () => {
    const asked: string[] = [];
    const { run } = await started(
      {
        reply: ({ messages }) => {
          asked.push(messages.map(({ content }) => content).join('\n'));
          return good;
        },
      },
      {
        past: [
          {
            iteration: 0,
            tried: [
              {
                ...{ instructions: 'Scribble.', optimizer: 'opro', measuredGain: 0 },
                gains: { d: 0.4, e: -0.4 },
              },
            ],
          },
        ],
      },
    );
    const { portfolio } = await run();
    expect(portfolio.shares.map(({ optimizer }) => optimizer)).toContain('merge');
    const merging = asked.filter((text) => text.includes('Two instructions for it were tried'));
    expect(merging).toHaveLength(1);
    for (const text of ['Scribble.', 'Write.']) expect(merging[0]).toContain(`1 example:\n\n<instructions>\n${text}`);
  });

  it('shows calls to no one whose inputs are held out too', async () => {
    const asked: string[] = [];
    const reply: ScriptedEndpointOptions['reply'] = ({ messages }) => {
      asked.push(messages.map(({ content }) => content).join('\n'));
      return good;
    };
    const shown = await (await started({ reply })).run();
    expect(asked.some((text) => text.includes('a dog sat'))).toBe(true);
    expect(shown.proposals.some(({ changed }) => changed.some(({ kind }) => kind === 'demonstrations'))).toBe(true);
    await endpoint?.close();
    await folder.remove();
    folder = await TemporaryFolder.create();
    asked.length = 0;
    const leaking = writingOn({ test: rows('c', 'a dog sat') });
    const { proposals } = await (await started({ reply }, { system: leaking })).run();
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.some((text) => text.includes('a dog sat'))).toBe(false);
    expect(proposals.some(({ changed }) => changed.some(({ kind }) => kind === 'demonstrations'))).toBe(false);
  });

  it('demonstrates no inputs that proposals are ranked on', async () => {
    const asked: string[] = [];
    const reply: ScriptedEndpointOptions['reply'] = ({ messages }) => {
      asked.push(messages.map(({ content }) => content).join('\n'));
      return good;
    };
    // One of the three is for ranking.
    const repeating = writingOn({ train: ['a', 'd', 'e'].flatMap((id) => rows(id, 'a dog sat')) });
    const { proposals, portfolio } = await (await started({ reply }, { system: repeating })).run();
    expect(portfolio.rejected.filter(({ reason }) => reason.includes('demonstration'))).toEqual([]);
    expect(asked.some((text) => text.includes('a dog sat'))).toBe(true);
    expect(proposals.some(({ changed }) => changed.some(({ kind }) => kind === 'demonstrations'))).toBe(false);
  });
});
