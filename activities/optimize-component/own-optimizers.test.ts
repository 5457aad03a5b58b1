import { z } from 'zod';
import { defaultPlan } from '../../core/run/plan';
import type { Optimizer, ProposeContext } from '../../core/search/own-optimizer';
import { component } from '../../core/system/component';
import { InfrastructureError } from '../../core/system/infrastructure-error';
import { system } from '../../core/system/system';
import { integer, oneOf } from '../../core/system/variable';
import { LanguageModels } from '../../providers/language-models';
import type { LedgerEntry, Stores } from '../../storage';
import { TemporaryFolder } from '../../storage/testing/temporary-folder';
import { activityDependencies, attempt } from '../../test/support/activity-attempt';
import { startScriptedEndpoint, type ScriptedEndpoint } from '../../test/support/scripted-endpoint';
import type { ScriptedEndpointOptions } from '../../test/support/scripted-endpoint-options';
import { resolveSystem } from '../definition/resolve-system';
import { evaluate } from '../evaluate';
import { prepareRun } from '../prepare-run';
import { propose } from './propose';
import { loadProposals, storeProposals } from './stored-proposals';

// Module graphs are bundled and databases opened, beside other test files on the same cores.
jest.setTimeout(60_000);

const text = z.object({ text: z.string() });
const rows = (id: string) => ['1', '2'].map((number) => ({ id: id + number, text: `${id} ${number}` }));
const cuttingOn = (validation: { id: string; text: string }[]) =>
  system({
    name: 'cutting',
    input: text,
    output: text,
    from: { text: 'cutter.text' },
    components: [
      component({
        name: 'cutter',
        description: 'Cuts',
        input: text,
        output: text,
        configuration: { length: integer(1, 3, { initial: 1 }), side: oneOf(['left', 'right']) },
        deterministic: true,
        run: (inputs) => inputs,
      }),
    ],
    metric: () => ({ score: 0.5, feedback: 'so so' }),
    dataset: { train: rows('t'), validation, test: rows('u') },
  });
const cutting = cuttingOn(rows('v'));

let folder: TemporaryFolder;
let endpoint: ScriptedEndpoint | undefined;
beforeEach(async () => {
  folder = await TemporaryFolder.create();
});
const tidy = async (): Promise<void> => {
  await endpoint?.close();
  endpoint = undefined;
  await folder.remove();
};
afterEach(tidy);

const mine = (proposing: Optimizer['propose'], more: Partial<Optimizer> = {}): Optimizer => ({
  ...{ name: 'mine', kinds: ['integer'] as const, version: '1', propose: proposing },
  ...more,
});

/** Proposals of one iteration by these optimizers beside the product's, with what the ledger keeps of them. */
async function proposed(
  optimizers: Optimizer[],
  replies: ScriptedEndpointOptions = {},
  before: (stores: Stores, baseline: string) => Promise<void> = async () => {},
  defined = cutting,
) {
  endpoint = await startScriptedEndpoint(replies);
  const resolved = await resolveSystem(defined, { optimizers, definedIn: undefined });
  const dependencies = await activityDependencies(folder, resolved, {
    languageModels: new LanguageModels({ e: { baseURL: endpoint.url, models: { small: {} } } }, {}),
  });
  const begun = { runId: 'run', system: 'cutting', seed: 0, plan: defaultPlan, fresh: false };
  const { baseline } = await attempt(() => prepareRun(dependencies, begun));
  await before(dependencies.stores, baseline);
  const range = { split: 'train', purpose: 'preference', iteration: 1, count: 2, from: 0, to: 2 } as const;
  await attempt(() => evaluate(dependencies, { runId: 'run', limits: {}, configurationHash: baseline, range }));
  const step = { runId: 'run', component: 'cutter', iteration: 1, configurationHash: baseline, limits: {}, count: 2 };
  const { sha256 } = await attempt(() => propose(dependencies, step));
  const { stores } = dependencies;
  const incumbent = await stores.configurations.get(baseline);
  const proposals = [...(await loadProposals(stores, { incumbent, component: 'cutter' }, [sha256])).values()];
  const [portfolio] = await stores.ledger.list('run', { kind: 'portfolio' });
  const { rejected, shares } = (portfolio as LedgerEntry).body as unknown as {
    rejected: { optimizer: string; reason: string }[];
    shares: { optimizer: string }[];
  };
  const spent = await stores.spend.totals('run');
  return { proposals, own: proposals.filter(({ optimizers: by }) => by?.includes('mine')), rejected, shares, spent };
}

describe("a user's own optimizer", () => {
  it('gets what there is to work from, and its proposals are tried beside the others', async () => {
    let got: ProposeContext | undefined;
    const { own, proposals, spent } = await proposed(
      [
        mine(async (context) => {
          got = context;
          const { text: reply } = await context.models.chat({
            model: 'small',
            messages: [{ role: 'user', content: 'How long?' }],
          });
          return [{ length: Number(reply) }];
        }),
      ],
      { reply: () => '3' },
    );
    expect(own.map(({ settings }) => settings)).toContainEqual({ length: 3, side: 'left' });
    expect(proposals.length).toBeGreaterThan(own.length);
    expect(spent.calls).toBe(1);
    expect(got).toMatchObject({
      component: { name: 'cutter', description: 'Cuts', inputFields: ['text'], outputFields: ['text'] },
      variables: { length: { type: 'integer', low: 1, high: 3 } },
      incumbent: { length: 1, side: 'left' },
      tries: [],
    });
    // The other training example is kept for ranking.
    expect(got?.calls).toHaveLength(1);
    expect(got?.calls[0]?.exampleId).toMatch(/^t\d$/);
    expect(got?.calls[0]).toMatchObject({
      score: 0.5,
      feedback: 'so so',
      outputs: { text: expect.any(String) as string },
    });
    expect(got?.count).toBeGreaterThan(0);
  });

  it('sees what was tried before: by the metric where it measured, else as it was expected', async () => {
    const earlier = [
      { settings: { length: 2, side: 'left' }, expectedGain: 0.2, measuredGain: -0.1 },
      { settings: { length: 3, side: 'left' }, expectedGain: 0.05, measuredGain: null },
    ];
    let tries: ProposeContext['tries'] = [];
    const reading = mine((context) => {
      ({ tries } = context);
      return [];
    });
    await proposed([reading], {}, async (stores, baseline) => {
      const changed = [{ variable: 'length', kind: 'hyperparameter' as const }];
      const { sha256, hashes } = await storeProposals(
        stores,
        { incumbent: await stores.configurations.get(baseline), component: 'cutter' },
        earlier.map(({ settings }) => ({ settings, origin: 'grid', changed })),
      );
      const step = { component: 'cutter', incumbent: baseline };
      const proposals = earlier.map(({ expectedGain, measuredGain }, place) => ({
        ...{ configurationHash: hashes[place] as string, origin: 'grid', changed, optimizers: [] },
        ...{ expectedGain, measuredGain, finalist: false },
      }));
      const decision = { ...step, accepted: false, changed: [], validated: [] };
      await stores.ledger.append('run', [
        { key: 'p', iteration: 0, kind: 'proposals', body: { ...step, blobs: [sha256], proposals } },
        { key: 'd', iteration: 0, kind: 'decision', body: decision },
      ]);
    });
    const over = { length: 1, side: 'left' };
    expect(tries).toEqual([
      { iteration: 0, settings: { length: 2, side: 'left' }, over, gain: -0.1, accepted: false },
      { iteration: 0, settings: { length: 3, side: 'left' }, over, gain: 0.05, accepted: false },
    ]);
  });

  it('sees no calls for inputs that are held out too', async () => {
    const seen = jest.fn<never[], [ProposeContext]>(() => []);
    const repeated = rows('t').map((row) => ({ ...row, id: `v${row.id}` }));
    await proposed([mine(seen)], {}, undefined, cuttingOn(repeated));
    expect(seen).toHaveBeenCalledWith(expect.objectContaining({ calls: [] }));
  });

  it('cannot change what others see', async () => {
    const vandal = mine((context) => {
      (context.incumbent as Record<string, unknown>)['length'] = 99;
      (context.variables['length'] as { high: number }).high = 99;
      return [{ length: 50 }];
    });
    const { own, rejected, proposals } = await proposed([vandal]);
    expect(own).toEqual([]);
    expect(rejected[0]?.reason).toContain("variable 'length' is 50; expected a number in 1..3");
    expect(proposals.every(({ settings }) => (settings['length'] as number) <= 3)).toBe(true);
  });

  it('repeats with its random stream', async () => {
    const drawn: number[] = [];
    const optimizer = mine(({ random }) => {
      drawn.push(random.uniform());
      return [];
    });
    await proposed([optimizer]);
    await tidy();
    folder = await TemporaryFolder.create();
    await proposed([optimizer]);
    expect(drawn).toHaveLength(2);
    expect(drawn[0]).toBe(drawn[1]);
  });

  it('that throws is recorded, and the others go on', async () => {
    const throwing = mine(() => {
      throw new Error('out of ideas');
    });
    const { proposals, rejected } = await proposed([throwing]);
    expect(proposals.length).toBeGreaterThan(0);
    expect(rejected).toContainEqual(
      expect.objectContaining({
        optimizer: 'mine',
        reason: "optimizer 'mine', component 'cutter': it threw: out of ideas",
      }),
    );
  });

  it('is not asked for components without a variable of its kinds', async () => {
    const asked = jest.fn(() => []);
    const { shares } = await proposed([mine(asked, { kinds: ['range', 'model'] })]);
    expect(asked).not.toHaveBeenCalled();
    expect(shares.map(({ optimizer }) => optimizer)).not.toContain('mine');
  });

  it('that meets an outage ends the attempt, also where it swallows the error', async () => {
    const down: ScriptedEndpointOptions = { faults: [{ when: 'always', fault: { type: 'server-error' } }] };
    const asking = mine(async ({ models }) => {
      await models.chat({ model: 'small', messages: [{ role: 'user', content: 'x' }] }).catch(() => {});
      return [{ length: 2 }];
    });
    await expect(proposed([asking], down)).rejects.toThrow(/500|server/i);
    await tidy();
    folder = await TemporaryFolder.create();
    const tool = mine(() => Promise.reject(new InfrastructureError('the tool is down')));
    await expect(proposed([tool])).rejects.toThrow('the tool is down');
  });
});

describe('the definition hash', () => {
  const hash = async (optimizers: Optimizer[]) =>
    (await resolveSystem(cutting, { optimizers, definedIn: __filename })).definitionHash;

  it('depends on the code of own optimizers, or on their version', async () => {
    const none = await hash([]);
    const [coded, other] = [
      await hash([mine(() => [], { version: undefined as never })]),
      await hash([mine(() => [{}], { version: undefined as never })]),
    ];
    const [first, second] = [await hash([mine(() => [])]), await hash([mine(() => [], { version: '2' })])];
    expect(new Set([none, coded, other, first, second]).size).toBe(5);
    // A version stands for the code.
    expect(await hash([mine(() => [{}])])).toBe(first);
  });
});
