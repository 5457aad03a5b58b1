import { MockActivityEnvironment } from '@temporalio/testing';
import type { Limits } from '../core/run/budget';
import { featureVersion } from '../core/reward/feature-spec';
import { EndpointEncoder } from '../providers/encoder';
import { LanguageModels } from '../providers/language-models';
import { TemporaryFolder } from '../storage/testing/temporary-folder';
import { activityDependencies, attempt } from '../test/support/activity-attempt';
import { beginRun } from '../test/support/begun-run';
import { damageBlob } from '../test/support/damage-blob';
import { echoSystem } from '../test/support/echo-system';
import { encoder } from '../test/support/planted-reward-data';
import { startScriptedEndpoint, type ScriptedEndpoint } from '../test/support/scripted-endpoint';
import type { FitRewardInput } from './contracts';
import { resolveSystem } from './definition/resolve-system';
import type { ActivityDependencies } from './dependencies';
import { fitReward } from './fit-reward';
import { inActivity } from './in-activity';
import { openRun } from './open-run';
import { openLatestReward } from './optimize-component/latest-reward';

const echo = echoSystem();

let folder: TemporaryFolder;
let endpoint: ScriptedEndpoint;
beforeEach(async () => {
  folder = await TemporaryFolder.create();
  endpoint = await startScriptedEndpoint();
});
afterEach(async () => {
  await endpoint.close();
  await folder.remove();
});

/** A worker that has just started, with a model of the endpoint as its encoder. */
async function worker(model = 'embedder'): Promise<ActivityDependencies> {
  const options = { e: { baseURL: endpoint.url, models: { [model]: {} } } };
  const languageModels = new LanguageModels(options, {});
  const encoder = new EndpointEncoder({ model }, languageModels.describe(model));
  return activityDependencies(folder, await resolveSystem(echo), { languageModels, encoder: async () => encoder });
}

/** A run with candidates of eight inputs: the longer of two outputs is the better one. */
async function prepared(dependencies: ActivityDependencies, limits: Limits = {}): Promise<FitRewardInput> {
  const {
    prepared: { baseline },
  } = await beginRun(dependencies, echo);
  const input = { runId: 'run', component: 'speaker', iteration: -1, configurationHash: baseline, limits };
  await collected(dependencies, input, [0, 8]);
  return input;
}

/** Candidates of some inputs, as the iteration would have collected them. */
async function collected(
  { stores }: ActivityDependencies,
  { runId, iteration, configurationHash }: FitRewardInput,
  [from, to]: [number, number],
): Promise<void> {
  const examples = Array.from({ length: to - from }, (_, place) => from + place);
  await stores.candidates.putMany(
    runId,
    examples
      .flatMap((example) => [0, 1].map((index) => ({ example, index })))
      .map(({ example, index }) => ({
        iteration,
        component: 'speaker',
        exampleId: `t${example}`,
        inputs: { text: `question ${example}` },
        origin: 'sampled' as const,
        candidateIndex: index,
        outputs: { text: `${index === 1 ? 'a good long answer' : 'bad'} ${example}` },
        configurationHash,
        scores: [index],
      })),
  );
}

describe('fitReward with an encoder at an endpoint', () => {
  it('charges the run, knows the encoder without a call, and pays nothing on a later attempt elsewhere', async () => {
    const first = await worker();
    const input = await prepared(first);
    // The identity of the run's encoder takes no call: nobody would be charged.
    expect(endpoint.requests.total).toBe(0);
    const putting = jest.spyOn(first.stores.rewardVersions, 'put').mockRejectedValue(new Error('killed'));
    await expect(attempt(() => fitReward(first, input))).rejects.toThrow('killed');
    putting.mockRestore();
    const { calls, promptTokens } = await first.stores.spend.totals('run', 'embedding');
    expect(calls).toBe(endpoint.requests.embeddings);
    expect(promptTokens).toBeGreaterThan(0);
    const asked = endpoint.requests.total;

    const second = await worker();
    expect(await attempt(() => fitReward(second, input))).toMatchObject({ status: 'fitted', version: 0 });
    expect(endpoint.requests.total).toBe(asked);
    const stored = await second.stores.rewardVersions.get('run', 'speaker', 0);
    expect(stored?.manifest).toMatchObject({
      encoder: { identity: (await second.encoder()).identity, dimension: 64 },
      features: { version: featureVersion },
    });
  }, 60_000);

  it('stops at the limits of the run', async () => {
    const dependencies = await worker();
    const input = await prepared(dependencies, { calls: 1 });
    await expect(attempt(() => fitReward(dependencies, input))).rejects.toMatchObject({ type: 'BudgetExhausted' });
    expect(endpoint.requests.total).toBe(1);
  });

  it('is charged for what the local step reads, and leaves rewards of an earlier Optimas alone', async () => {
    const dependencies = await worker();
    const input = await prepared(dependencies);
    await attempt(() => fitReward(dependencies, input));
    const { rewardVersions, spend } = dependencies.stores;
    const stored = await rewardVersions.get('run', 'speaker', 0);
    if (stored === undefined) throw new Error('nothing is stored');
    const trusted = { ...stored, version: 1, metrics: { ...stored.metrics, trusted: true } };
    await rewardVersions.put(trusted);
    const run = await openRun(dependencies, 'run');
    const open = (iteration: number) =>
      openLatestReward(dependencies, run, { ...input, iteration }, new AbortController().signal);
    const reward = await open(0);
    const before = (await spend.totals('run', 'embedding')).calls;
    const texts = (at: number) => ({ inputs: { text: `question ${at}` }, candidate: { text: `new ${at}` } });
    await reward?.gains([90, 91, 92].map((at) => ({ ...texts(at), incumbent: { text: 'bad' } })));
    expect((await spend.totals('run', 'embedding')).calls).toBe(before + 1);
    await reward?.close();

    const features = { ...(stored.manifest['features'] as object), version: 1 };
    await rewardVersions.put({ ...trusted, version: 2, manifest: { ...stored.manifest, features } });
    expect(await open(1)).toBeUndefined();
  }, 60_000);

  it('declines a run that began with another model as its encoder', async () => {
    const input = await prepared(await worker());
    await expect(attempt(async () => fitReward(await worker('other'), input))).rejects.toMatchObject({
      type: 'Declined',
    });
  });

  it('records how each version came about, in the ledger and with the version', async () => {
    const dependencies = await worker();
    const input = await prepared(dependencies);
    const first = await attempt(() => fitReward(dependencies, input));
    expect(first.update).toEqual({
      how: 'fitted',
      why: 'the first one',
      freshAlignment: null,
      driftAlarm: false,
      judgedFrom: -1,
    });
    await collected(dependencies, { ...input, iteration: 0 }, [8, 14]);
    const second = await attempt(() => fitReward(dependencies, { ...input, iteration: 0 }));
    expect(second).toMatchObject({
      version: 1,
      update: { freshAlignment: expect.any(Number), driftAlarm: false, judgedFrom: -1 },
    });
    expect(['adapted', 'rolled-back']).toContain(second.update.how);
    await collected(dependencies, { ...input, iteration: 1 }, [14, 20]);
    const third = await attempt(() => fitReward(dependencies, { ...input, iteration: 1 }));
    expect(third.update).toMatchObject({ how: 'fitted', why: '20 inputs have pairs, 8 had when it was last fitted' });

    const { ledger, rewardVersions } = dependencies.stores;
    const updates = [first.update, second.update, third.update];
    expect((await ledger.list('run', { kind: 'reward' })).map(({ body }) => body)).toMatchObject(
      updates.map((update) => ({ update })),
    );
    expect((await rewardVersions.list('run')).map(({ metrics }) => metrics['update'])).toEqual(updates);
    // What an attempt finds stored is what it answers, its update too.
    expect(await attempt(() => fitReward(dependencies, { ...input, iteration: 0 }))).toEqual(second);
  }, 60_000);
});

describe('a reward that is damaged in the database', () => {
  const trusted = async (): Promise<{
    dependencies: ActivityDependencies;
    input: FitRewardInput;
    artefact: string;
  }> => {
    const dependencies = await worker();
    const input = await prepared(dependencies);
    await collected(dependencies, input, [8, 40]);
    expect(await attempt(() => fitReward(dependencies, input))).toMatchObject({ trusted: true });
    const version = await dependencies.stores.rewardVersions.get('run', 'speaker', 0);
    return { dependencies, input, artefact: version?.artefactSha256 as string };
  };
  const open = async (dependencies: ActivityDependencies, input: FitRewardInput) =>
    openLatestReward(dependencies, await openRun(dependencies, 'run'), input, new AbortController().signal);

  it.each([
    ['damaged', Buffer.from('other bytes')],
    ['gone', undefined],
  ])(
    'ranks nothing while its artefact is %s, and is fitted anew in the next iteration',
    async (_, left) => {
      const { dependencies, input, artefact } = await trusted();
      await (await open(dependencies, input))?.close();
      await damageBlob(dependencies.stores, artefact, left);
      expect(await open(dependencies, input)).toBeUndefined();

      const next = { ...input, iteration: 0 };
      await collected(dependencies, next, [40, 46]);
      const why = 'the one before is damaged in the database';
      expect(await attempt(() => fitReward(dependencies, next))).toMatchObject({
        ...{ status: 'fitted', version: 1, trusted: true },
        update: { how: 'fitted', why },
      });
      const [, entry] = await dependencies.stores.ledger.list('run', { kind: 'reward' });
      expect(entry?.body).toMatchObject({ update: { how: 'fitted', why } });
      const reward = await open(dependencies, next);
      expect(reward).toBeDefined();
      await reward?.close();
    },
    60_000,
  );

  it('is what no attempt mends where it is not the one of its manifest: the activity ends at once, and says what to do', async () => {
    const { dependencies, input } = await trusted();
    const { rewardVersions, blobs } = dependencies.stores;
    const version = await rewardVersions.get('run', 'speaker', 0);
    const { sha256: artefactSha256 } = await blobs.put(Buffer.from('of another reward'));
    await rewardVersions.put({ ...version!, version: 1, artefactSha256 });
    await expect(attempt(() => inActivity(() => open(dependencies, { ...input, iteration: 0 })))).rejects.toMatchObject(
      {
        ...{ type: 'RewardError', nonRetryable: true },
        message: expect.stringMatching(/not the manifest's.*cancel the run and start a new one/),
      },
    );
  }, 60_000);
});

describe('heartbeats of fitReward', () => {
  it('go on while a reward is trained, tell how far it is, and end with it', async () => {
    const told: { done: number; total: number }[] = [];
    let whenEncoded = 0;
    const { identity, dimension } = encoder;
    const encode = async (texts: readonly string[]) => {
      const vectors = await encoder.encode(texts);
      whenEncoded = told.length;
      return vectors;
    };
    const dependencies = await activityDependencies(folder, await resolveSystem(echo), {
      encoder: async () => ({ identity, dimension, encode }),
    });
    const input = await prepared(dependencies);
    await collected(dependencies, input, [8, 60]);
    const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 200 });
    environment.on('heartbeat', (details: { done: number; total: number }) => told.push(details));
    expect(await environment.run(() => fitReward(dependencies, input))).toMatchObject({ status: 'fitted' });
    // What is left after the last text is encoded is the training, which tells its own progress from 0 on.
    const training = told.slice(whenEncoded).map(({ done, total }) => `${done}/${total}`);
    expect(training.length).toBeGreaterThanOrEqual(4);
    expect(new Set(training.filter((progress) => /^\d+\/100$/.test(progress))).size).toBeGreaterThanOrEqual(3);
    const beats = told.length;
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(told).toHaveLength(beats);
  }, 60_000);
});
