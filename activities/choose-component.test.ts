import { z } from 'zod';
import type { RunPlan } from '../core/run/plan';
import { component } from '../core/system/component';
import { system } from '../core/system/system';
import { oneOf } from '../core/system/variable';
import { TemporaryFolder } from '../storage/testing/temporary-folder';
import { activityDependencies, attempt } from '../test/support/activity-attempt';
import { beginRun } from '../test/support/begun-run';
import { damageBlob } from '../test/support/damage-blob';
import { chooseComponent } from './choose-component';
import type { ChosenMove, PreparedRun } from './contracts';
import { featureVersion } from '../core/reward/feature-spec';
import { resolveSystem } from './definition/resolve-system';
import type { ActivityDependencies } from './dependencies';

// Module graphs are bundled and databases opened, beside other test files on the same cores.
jest.setTimeout(60_000);

const text = z.object({ text: z.string() });
const draft = z.object({ draft: z.string() });
const answer = z.object({ answer: z.string() });
const rows = (id: string) => ['1', '2'].map((number) => ({ id: id + number, text: 'x' }));
const configuration = { tone: oneOf(['calm', 'loud']) };

/** Its components are defined, and named, in the reverse of the graph's order. */
const duet = (name: string, deterministic: boolean) =>
  system({
    name,
    input: text,
    output: answer,
    components: [
      component({
        name: 'answerer',
        description: 'Answers',
        input: draft,
        output: answer,
        configuration,
        deterministic,
        run: (inputs) => ({ answer: inputs.draft }),
      }),
      component({
        name: 'drafter',
        description: 'Drafts',
        input: text,
        output: draft,
        configuration,
        deterministic,
        run: (inputs) => ({ draft: inputs.text }),
      }),
    ],
    metric: () => 1,
    dataset: { train: rows('t'), validation: rows('v'), test: rows('u') },
  });

const reversed = duet('reversed', true);
/** Its calls have a price. */
const costly = duet('costly', false);

let folder: TemporaryFolder;
let dependencies: ActivityDependencies;
beforeEach(async () => {
  folder = await TemporaryFolder.create();
  dependencies = await activityDependencies(folder, await resolveSystem(reversed));
});
afterEach(() => folder.remove());

const prepared = async (own: Partial<RunPlan>, of = reversed): Promise<PreparedRun> => {
  if (of !== reversed) dependencies = await activityDependencies(folder, await resolveSystem(of));
  return (await beginRun(dependencies, of, { simultaneousSteps: false, ...own })).prepared;
};
const chosen = ({ components }: PreparedRun, iteration: number): Promise<ChosenMove> =>
  attempt(() => chooseComponent(dependencies, { runId: 'run', iteration, components }));
const recorded = async (iteration: number): Promise<Record<string, unknown>> =>
  (await dependencies.stores.ledger.get('run', `iteration/${iteration}/component`))?.body as Record<string, unknown>;

interface Decided {
  component: string;
  partner?: string;
  accepted?: boolean;
  /** What was tested; absent: in score alone. */
  gain?: number;
}
const decided = (
  iteration: number,
  { component: name, partner, accepted = false, gain }: Decided,
): Promise<unknown> => {
  const changed = [name, ...(partner === undefined ? [] : [partner])];
  const body = {
    ...{ component: name, accepted, before: 0.2, after: accepted ? 0.4 : 0.1 },
    ...(partner !== undefined && { partner }),
    ...(gain !== undefined && { gain }),
    changed: changed.map((item) => ({ component: item, variable: 'tone', kind: 'hyperparameter' })),
  };
  return dependencies.stores.ledger.append('run', [
    { key: `iteration/${iteration}/decision`, iteration, kind: 'decision', body },
  ]);
};
/** Preference data in which the best output beats the base output by `gap`. */
const gap = (name: string, size: number): Promise<void> =>
  dependencies.stores.candidates.putMany(
    'run',
    (['base', 'configuration'] as const).map((origin, candidateIndex) => ({
      ...{ component: name, exampleId: 't1', inputs: {}, outputs: { candidateIndex }, origin, iteration: -1 },
      ...{ configurationHash: 'c', candidateIndex, scores: [candidateIndex * size] },
    })),
  );

describe('simultaneous steps', () => {
  const atOnce = (iteration: number, accepted: boolean) =>
    dependencies.stores.ledger.append('run', [
      {
        ...{ key: `iteration/${iteration}/decision`, iteration, kind: 'decision' },
        body: {
          ...{ component: 'drafter', others: ['answerer'], accepted, before: 0.2, after: 0.4 },
          changed: [{ component: 'answerer', variable: 'tone', kind: 'hyperparameter' }],
        },
      },
    ]);

  it('come first, all components in the order of the graph, until one is rejected', async () => {
    const run = await prepared({ simultaneousSteps: true });
    const all = { component: 'drafter', others: ['answerer'] };
    expect(await chosen(run, 0)).toMatchObject({ ...all, reason: 'all components at once: the first iteration' });
    await atOnce(0, true);
    expect(await chosen(run, 1)).toMatchObject(all);
    await atOnce(1, false);
    const next = await chosen(run, 2);
    expect(next).not.toHaveProperty('others');
    // None was tried alone yet.
    expect(next.reason).toContain('not tried yet');
  });

  it('are recorded: a second attempt answers the same', async () => {
    const run = await prepared({ simultaneousSteps: true });
    const first = await chosen(run, 0);
    await atOnce(0, false);
    expect(await chosen(run, 0)).toEqual(first);
    expect(await recorded(0)).toEqual(first);
  });

  it('are not taken where only one component is tuned', async () => {
    const run = await prepared({ simultaneousSteps: true });
    const one = { ...run, components: run.components.filter(({ name }) => name === 'answerer') };
    expect(await chosen(one, 0)).toMatchObject({ component: 'answerer' });
    expect(await recorded(0)).not.toHaveProperty('others');
  });
});

describe('what is adapted', () => {
  /** The hash of its artefact. */
  const trust = async (name: string, trusted: boolean): Promise<string> => {
    const { rewardVersions, blobs } = dependencies.stores;
    const { sha256: artefactSha256 } = await blobs.put(Buffer.from(`reward of ${name}`));
    await rewardVersions.put({
      ...{ runId: 'run', component: name, version: 0, artefactSha256, metrics: { trusted } },
      manifest: { features: { version: featureVersion } },
    });
    return artefactSha256;
  };
  const adapted = async (own: Partial<RunPlan>, iteration = 0) =>
    ((await chosen(await prepared(own), iteration)) as { adapts: string[] }).adapts;

  it('is every component whose reward is not trusted, also for want of data', async () => {
    await gap('answerer', 0.1);
    await trust('answerer', true);
    expect(await adapted({ simultaneousSteps: true }, 0)).toEqual(['drafter']);
    await trust('drafter', true);
    expect(await adapted({ simultaneousSteps: true }, 1)).toEqual(['drafter']);
    await gap('drafter', 0.1);
    expect(await adapted({ simultaneousSteps: true }, 2)).toEqual([]);
  });

  it('is what has a trusted reward that is damaged in the database', async () => {
    for (const name of ['answerer', 'drafter']) await gap(name, 0.1);
    await trust('answerer', true);
    await damageBlob(dependencies.stores, await trust('drafter', true), Buffer.from('other bytes'));
    expect(await adapted({ simultaneousSteps: true }, 0)).toEqual(['drafter']);
  });

  it('is, after an accepted update, what it matters to', async () => {
    for (const name of ['answerer', 'drafter']) {
      await gap(name, 0.1);
      await trust(name, true);
    }
    await decided(0, { component: 'answerer', accepted: true });
    expect(await adapted({ schedule: 'cheapest-first' }, 1)).toEqual(['drafter']);
  });
});

it('cheapest-first takes of components that cost the same the one that is earlier in the graph', async () => {
  const run = await prepared({ schedule: 'cheapest-first' });
  expect(run.components.map(({ name }) => name)).toEqual(['answerer', 'drafter']);
  expect(await chosen(run, 0)).toMatchObject({ component: 'drafter', probabilities: { answerer: 0, drafter: 1 } });
  expect((await recorded(0))['reason']).toContain('not tried yet; the cheapest try of those that wait');
});

it('lets a pair take part once both were rejected, the one that is earlier in the graph first', async () => {
  const run = await prepared({ schedule: 'uniform' });
  expect(run.pairs).toBe(1);
  await decided(0, { component: 'drafter' });
  await chosen(run, 1);
  expect(await recorded(1)).toMatchObject({ probabilities: { answerer: 1, drafter: 0, 'drafter with answerer': 0 } });
  await decided(1, { component: 'answerer' });
  await chosen(run, 2);
  expect(await recorded(2)).toMatchObject({
    probabilities: { answerer: 0, drafter: 0.5, 'drafter with answerer': 0.5 },
  });
  // A rejected pair rests; a try of it is none of its components.
  await decided(2, { component: 'drafter', partner: 'answerer' });
  await chosen(run, 3);
  expect(await recorded(3)).toMatchObject({ probabilities: { 'drafter with answerer': 0 } });
  // Nothing stalls after an accepted joint move.
  await decided(3, { component: 'drafter', partner: 'answerer', accepted: true });
  await chosen(run, 4);
  expect(await recorded(4)).toMatchObject({ probabilities: { answerer: 0.5, drafter: 0.5 } });
});

it('cheapest-first tries again what was rejected before a joint move was accepted that changed it', async () => {
  const run = await prepared({ schedule: 'cheapest-first' });
  await decided(0, { component: 'drafter', accepted: true });
  await decided(1, { component: 'answerer' });
  await decided(2, { component: 'drafter', partner: 'answerer', accepted: true });
  await chosen(run, 3);
  // Both were changed by an accepted update: neither waits.
  expect((await recorded(3))['reason']).not.toContain("rejected before another's update");
  await decided(3, { component: 'answerer' });
  await decided(4, { component: 'drafter', accepted: true });
  expect(await chosen(run, 5)).toMatchObject({ component: 'answerer' });
  expect((await recorded(5))['reason']).toContain("rejected before another's update");
});

it('has no pairs without joint moves', async () => {
  const run = await prepared({ jointMoves: false });
  expect(run.pairs).toBe(0);
  await decided(0, { component: 'drafter' });
  await decided(1, { component: 'answerer' });
  await chosen(run, 2);
  expect(await recorded(2)).toMatchObject({ probabilities: { answerer: 0, drafter: 1 } });
});

it('expects of a pair the larger gain that its outputs promise, halved by its own rejections alone', async () => {
  const run = await prepared({ worthwhileGain: 0.2 }, costly);
  await gap('drafter', 0.1);
  await gap('answerer', 0.04);
  // 0.05 and 0.02 are left of the components' gains, 0.1 of the pair's.
  await decided(0, { component: 'drafter' });
  await decided(1, { component: 'answerer' });
  expect(await chosen(run, 2)).toMatchObject({ component: expect.any(String) as string });
  await decided(2, { component: 'drafter', partner: 'answerer' });
  const ended = {
    component: null,
    reason: 'no component is expected to gain 0.2 for 1,000 component calls (at best 0.0500 for 352: drafter)',
  };
  expect(await chosen(run, 3)).toEqual(ended);
  expect(await recorded(3)).toEqual(ended);
});

it('does not end before every component was tried in the system as it is', async () => {
  const run = await prepared({ worthwhileGain: 0.5 }, costly);
  await gap('drafter', 0.1);
  await gap('answerer', 0.1);
  expect(await chosen(run, 0)).toMatchObject({ component: expect.any(String) as string });
  await decided(0, { component: 'drafter' });
  expect(await chosen(run, 1)).toMatchObject({ component: 'answerer' });
  await decided(1, { component: 'answerer' });
  expect(await chosen(run, 2)).toMatchObject({ component: null });
  // What was expected of the drafter is of a system that is no more.
  await decided(2, { component: 'answerer', accepted: true });
  expect(await chosen(run, 3)).toMatchObject({ component: expect.any(String) as string });
});

it('does not end by what was expected of either before both were changed together', async () => {
  const run = await prepared({ worthwhileGain: 0.5 }, costly);
  await gap('drafter', 0.1);
  await gap('answerer', 0.1);
  await decided(0, { component: 'drafter' });
  await decided(1, { component: 'answerer' });
  await decided(2, { component: 'drafter', partner: 'answerer', accepted: true });
  expect(await chosen(run, 3)).toMatchObject({ component: expect.any(String) as string });
});

it.each([{ scorePerUsd: 2 }, { scorePerSecond: 0.1 }])(
  'goes on where gains in score are not all: %j',
  async (price) => {
    const run = await prepared({ worthwhileGain: 0.5, ...price }, costly);
    await gap('drafter', 0.1);
    await gap('answerer', 0.1);
    await decided(0, { component: 'drafter' });
    await decided(1, { component: 'answerer' });
    expect(await chosen(run, 2)).toMatchObject({ component: expect.any(String) as string });
  },
);

describe('without rewards, and so without preference data', () => {
  const favoured = async (iteration: number): Promise<string | undefined> => {
    const probabilities = (await recorded(iteration))['probabilities'] as Record<string, number>;
    return Object.keys(probabilities).toSorted((a, b) => probabilities[b]! - probabilities[a]!)[0];
  };

  it('favours what was rejected less often', async () => {
    const run = await prepared({ rewards: false, jointMoves: false });
    await decided(0, { component: 'drafter' });
    await decided(1, { component: 'answerer' });
    await decided(2, { component: 'drafter' });
    // Nothing rests.
    await chosen(run, 4);
    expect(await favoured(4)).toBe('answerer');
    await decided(4, { component: 'answerer' });
    await decided(5, { component: 'answerer' });
    await chosen(run, 7);
    expect(await favoured(7)).toBe('drafter');
  });

  it('favours pairs over components, and components over pairs, by their rejections', async () => {
    const run = await prepared({ rewards: false });
    await decided(0, { component: 'drafter' });
    await decided(1, { component: 'answerer' });
    await chosen(run, 3);
    expect(await favoured(3)).toBe('drafter with answerer');
    await decided(3, { component: 'drafter', partner: 'answerer' });
    await decided(4, { component: 'drafter', partner: 'answerer' });
    await decided(5, { component: 'drafter' });
    await chosen(run, 7);
    expect(await favoured(7)).toBe('answerer');
  });

  it('goes on, where money counts, by gains from which the price is off', async () => {
    const run = await prepared({ rewards: false, jointMoves: false, scorePerUsd: 2 });
    // In score both gained 0.2.
    await decided(0, { component: 'drafter', accepted: true, gain: 0.02 });
    await decided(1, { component: 'answerer', accepted: true, gain: 0.3 });
    await chosen(run, 2);
    expect(await favoured(2)).toBe('answerer');
    for (const iteration of [2, 3, 4, 5]) await decided(iteration, { component: 'answerer' });
    await chosen(run, 7);
    expect(await favoured(7)).toBe('drafter');
  });
});
