import { defaultPlan } from '../core/run/plan';
import { HashedNgramEncoder, type Encoder } from '../providers/encoder';
import { LanguageModels } from '../providers/language-models';
import { storesOf } from '../storage';
import { TemporaryFolder } from '../storage/testing/temporary-folder';
import { begunRun } from '../test/support/begun-run';
import { echoSystem } from '../test/support/echo-system';
import { resolveSystem } from './definition/resolve-system';
import type { ActivityDependencies } from './dependencies';
import { openRun } from './open-run';
import { runModels } from './run-models';
import { UnknownSystem } from './unknown-system';

const echo = echoSystem();
const modelsAt = (baseURL: string) => new LanguageModels({ e: { baseURL, models: { small: {} } } }, {});

const otherEncoder = { ...new HashedNgramEncoder(), identity: 'other-encoder' } as unknown as Encoder;

let folder: TemporaryFolder;
let dependencies: ActivityDependencies;
beforeEach(async () => {
  folder = await TemporaryFolder.create();
  ({ dependencies } = await begunRun(folder, echo, { workerIdentity: 'worker-1' }));
});
afterEach(() => folder.remove());

describe('openRun', () => {
  it('opens a run for a worker with the models that it began with', async () => {
    const again = { ...dependencies, languageModels: modelsAt('http://127.0.0.1:1/v1') };
    expect(await openRun(again, 'run')).toMatchObject({ runId: 'run', seed: 0, plan: defaultPlan });
  });

  it.each<[string, Partial<ActivityDependencies>, string]>([
    [
      'other endpoints',
      { languageModels: modelsAt('http://127.0.0.1:2/v1') },
      'the language models or their endpoints',
    ],
    [
      'no such model',
      { languageModels: new LanguageModels({ e: { baseURL: 'http://127.0.0.1:1/v1', models: { tiny: {} } } }, {}) },
      "worker worker-1 has other models than run 'run' began with: model 'small' is not configured there; start",
    ],
    ['a proposer', { proposer: 'small' }, "the proposer ('small', not none)"],
    ['another encoder', { encoder: async () => otherEncoder }, "the sentence encoder ('other-encoder', not"],
    [
      'no such system',
      { resolve: async (name) => Promise.reject(new UnknownSystem(name, ['a', 'b'])) },
      "worker worker-1 does not define system 'echo'; it defines a, b: start a worker whose config defines it",
    ],
    [
      'another definition',
      { resolve: () => resolveSystem({ ...echo, metricFloor: 0.5 }) },
      "worker worker-1 defines system 'echo' differently",
    ],
  ])('declines for a worker with %s', async (_, changes, message) => {
    await expect(openRun({ ...dependencies, ...changes }, 'run')).rejects.toMatchObject({
      name: 'Declined',
      message: expect.stringContaining(message),
    });
  });

  it('declines for a worker with another database', async () => {
    const database = await folder.open({ name: 'other.db' });
    await expect(openRun({ ...dependencies, stores: storesOf(database) }, 'run')).rejects.toMatchObject({
      name: 'Declined',
      message: expect.stringContaining(
        `worker worker-1 uses the database ${database.url}, which does not have run 'run': start a worker with`,
      ),
    });
  });

  it('knows runs that an earlier version began, which did not record the names of the models', async () => {
    const { database } = dependencies.stores;
    const input = {
      plan: defaultPlan,
      fresh: false,
      components: 1,
      models: { ...(await runModels(dependencies)), names: undefined },
    };
    await database.write([database.queries.updateTable('runs').set({ input: JSON.stringify(input) })]);
    expect(await openRun(dependencies, 'run')).toMatchObject({ runId: 'run' });
  });
});
