import { z } from 'zod';
import { defaultPlan, type RunPlan } from '../../core/run/plan';
import { propose, type Proposal } from '../../core/search/proposal';
import { component } from '../../core/system/component';
import { configurationHash, withComponent } from '../../core/system/configuration';
import { system } from '../../core/system/system';
import { integer, model, oneOf } from '../../core/system/variable';
import { LanguageModels } from '../../providers/language-models';
import { TemporaryFolder } from '../../storage/testing/temporary-folder';
import { activityDependencies, attempt } from '../../test/support/activity-attempt';
import { startScriptedEndpoint, type ScriptedEndpoint } from '../../test/support/scripted-endpoint';
import type { ProposalScore, ScoreProposalsInput } from '../contracts';
import { resolveSystem } from '../definition/resolve-system';
import { evaluate } from '../evaluate';
import { prepareRun } from '../prepare-run';
import { openLatestReward } from './latest-reward';
import { scoreProposals } from './score-proposals';
import { storeProposals } from './stored-proposals';

// Module graphs are bundled and databases opened, beside other test files on the same cores.
jest.setTimeout(60_000);

jest.mock('./latest-reward', () => ({ openLatestReward: jest.fn(() => Promise.resolve(undefined)) }));
const reward = jest.mocked(openLatestReward);

const rows = (id: string) => ['1', '2', '3'].map((number) => ({ id: id + number, question: `what is ${number}` }));

/** A drafter that may be dear, long, slow (it drafts several times) or broken, and a writer whose calls cost by what they are shown. Every answer is right. */
const priced = system({
  name: 'priced',
  input: z.object({ question: z.string() }),
  output: z.object({ answer: z.string() }),
  components: [
    component({
      name: 'drafter',
      description: 'Drafts',
      input: z.object({ question: z.string() }),
      output: z.object({ draft: z.string() }),
      configuration: {
        voice: model(['dear', 'cheap']),
        words: integer(1, 100, { initial: 1 }),
        drafts: oneOf([1, 3, 0]),
      },
      run: async ({ question }, { configuration: { voice, words, drafts }, models }) => {
        const messages = [{ role: 'user' as const, content: question }];
        let { text } = await models.chat({ model: voice, messages });
        for (let draft = 2; draft <= drafts; draft++) text = (await models.chat({ model: voice, messages })).text;
        if (drafts === 0) throw new Error('no draft');
        return { draft: Array.from({ length: words }, () => text).join(' ') };
      },
    }),
    component({
      name: 'writer',
      description: 'Writes',
      input: z.object({ draft: z.string() }),
      output: z.object({ answer: z.string() }),
      run: async ({ draft }, { models }) => {
        const { text } = await models.chat({ model: 'cheap', messages: [{ role: 'user', content: draft }] });
        return { answer: text };
      },
    }),
  ],
  metric: (_, { answer }) => (answer === 'yes' ? 0.8 : 0),
  dataset: { train: rows('t'), validation: rows('v'), test: rows('u') },
});

let folder: TemporaryFolder;
let endpoint: ScriptedEndpoint;
beforeEach(async () => {
  folder = await TemporaryFolder.create();
  endpoint = await startScriptedEndpoint({ reply: () => 'yes' });
});
afterEach(async () => {
  reward.mockReset();
  await endpoint.close();
  await folder.remove();
});

/** Money per million tokens, prompt and completion alike. */
const price = (perMillion: number) => ({
  price: { promptPerMillion: perMillion, completionPerMillion: perMillion },
});

/** US dollars of a call: 4 tokens of a question and its answer, 2 of a draft and its answer. */
const [dearCall, cheapCall, writerCall] = [0.04, 0.004, 0.002];

/** How a change of the drafter's settings is judged. */
async function judged(
  values: Parameters<typeof propose>[1],
  objectives: Partial<RunPlan>,
  judge: ScoreProposalsInput['judge'] = 'metric',
): Promise<ProposalScore> {
  const resolved = await resolveSystem(priced);
  const dependencies = await activityDependencies(folder, resolved, {
    languageModels: new LanguageModels(
      { e: { baseURL: endpoint.url, models: { dear: price(10_000), cheap: price(1_000) } } },
      {},
    ),
  });
  const runId = `run-${JSON.stringify({ values, objectives })}`;
  const plan = { ...defaultPlan, ...objectives };
  const { baseline } = await attempt(() =>
    prepareRun(dependencies, { runId, system: 'priced', seed: 0, plan, fresh: false }),
  );
  const range = { split: 'train', purpose: 'optimization', iteration: 0, count: 2, from: 0, to: 2 } as const;
  await attempt(() => evaluate(dependencies, { runId, limits: {}, configurationHash: baseline, range }));
  const incumbent = await dependencies.stores.configurations.get(baseline);
  const [drafter] = priced.components;
  const proposal = propose({ variables: drafter?.configuration ?? {}, settings: incumbent['drafter'] ?? {} }, values, {
    origin: 'grid',
  }) as Proposal;
  const { sha256, hashes } = await storeProposals(dependencies.stores, { incumbent, component: 'drafter' }, [proposal]);
  expect(hashes).toEqual([configurationHash(withComponent(incumbent, 'drafter', proposal.settings))]);
  const step = { runId, limits: {}, component: 'drafter', iteration: 0, configurationHash: baseline };
  const [score] = await attempt(() =>
    scoreProposals(dependencies, { ...step, hashes, blobs: [sha256], count: 2, inputs: 2, judge }),
  );
  return score as ProposalScore;
}

describe('scoreProposals', () => {
  it('sees no gain in a cheaper model of equal quality where money does not count', async () => {
    expect(await judged({ voice: 'cheap' }, {})).toMatchObject({ meanGain: 0, judge: 'metric' });
    // As where a reward was to judge and none is trusted.
    expect(await judged({ voice: 'cheap' }, {}, 'reward')).toMatchObject({ meanGain: 0, judge: 'metric' });
    expect((await judged({ words: 50 }, {})).meanGain).toBe(0);
  });

  it('counts what a cheaper call saves where money is an objective', async () => {
    const { meanGain } = await judged({ voice: 'cheap' }, { scorePerUsd: 1 });
    expect(meanGain).toBeCloseTo(dearCall - cheapCall, 9);
  });

  it('counts what an output costs downstream', async () => {
    const one = (await judged({ words: 2 }, { scorePerUsd: 1 })).meanGain;
    const many = (await judged({ words: 100 }, { scorePerUsd: 1 })).meanGain;
    expect(one).toBeLessThan(0);
    // Per word that the writer is shown more.
    expect(many / 99).toBeCloseTo(one, 9);
  });

  it('counts the seconds that an example takes where latency is an objective', async () => {
    endpoint.setLatency(100);
    const { meanGain } = await judged({ drafts: 3 }, { scorePerSecond: 0.5 });
    expect(meanGain).toBeLessThan(-0.5 * 0.2);
    // Not a whole second, however busy the machine is.
    expect(meanGain).toBeGreaterThan(-0.5);
  });

  it('tells the same outputs at another price from the same outputs at the same one', async () => {
    const hash = async (objectives: Partial<RunPlan>, values: Parameters<typeof propose>[1]) =>
      (await judged(values, objectives)).outputsHash;
    expect(await hash({}, { voice: 'cheap' })).toBe(await hash({}, { drafts: 3 }));
    expect(await hash({ scorePerUsd: 1 }, { voice: 'cheap' })).not.toBe(await hash({ scorePerUsd: 1 }, { drafts: 3 }));
  });

  it('takes a failure for the floor, less what was paid until then', async () => {
    expect((await judged({ drafts: 0 }, {})).meanGain).toBeCloseTo(-0.8, 12);
    const { meanGain } = await judged({ drafts: 0 }, { scorePerUsd: 1 });
    // The writer was not called: that much is saved.
    expect(meanGain).toBeCloseTo(-0.8 + writerCall, 9);
  });

  it('is the judge of a proposal that always fails, of which a reward says nothing', async () => {
    const gains = jest.fn(() => Promise.resolve([]));
    reward.mockImplementation(() => Promise.resolve({ gains, close: async () => {} }));
    expect(await judged({ drafts: 0 }, {}, 'reward')).toMatchObject({ meanGain: -0.8, judge: 'metric' });
    expect(gains).toHaveBeenCalledWith([]);
  });

  it('takes the price of the own call off what the reward expects', async () => {
    reward.mockImplementation(() =>
      Promise.resolve({
        gains: (asked) => Promise.resolve(asked.map(() => ({ gain: 0.25, standardError: 0 }))),
        close: async () => {},
      }),
    );
    expect(await judged({ voice: 'cheap' }, {}, 'reward')).toMatchObject({ meanGain: 0.25, judge: 'reward' });
    const { meanGain } = await judged({ voice: 'cheap' }, { scorePerUsd: 1 }, 'reward');
    expect(meanGain).toBeCloseTo(0.25 + dearCall - cheapCall, 9);
  });
});
