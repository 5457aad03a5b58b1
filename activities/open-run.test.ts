import { z } from 'zod';
import { MockActivityEnvironment } from '@temporalio/testing';
import { defaultPlan } from '../core/run/plan';
import { component } from '../core/system/component';
import { system } from '../core/system/system';
import { oneOf } from '../core/system/variable';
import { HashedNgramEncoder, type Encoder } from '../providers/encoder';
import { LanguageModels } from '../providers/language-models';
import { storesOf } from '../storage';
import { TemporaryFolder } from '../storage/testing/temporary-folder';
import { resolveSystem } from './definition/resolve-system';
import type { ActivityDependencies } from './dependencies';
import { openRun } from './open-run';
import { prepareRun } from './prepare-run';

const text = z.object({ text: z.string() });
const rows = (id: string) => ['1', '2'].map((number) => ({ id: id + number, text: 'x' }));
const echo = system({
  name: 'echo',
  input: text,
  output: text,
  from: { text: 'speaker.text' },
  components: [
    component({
      name: 'speaker',
      description: 'Speaks',
      input: text,
      output: text,
      configuration: { tone: oneOf(['calm', 'loud']) },
      run: (inputs) => inputs,
    }),
  ],
  metric: () => 1,
  dataset: { train: rows('t'), validation: rows('v'), test: rows('u') },
});
const modelsAt = (baseURL: string) => new LanguageModels({ e: { baseURL, models: { small: {} } } }, {});

const otherEncoder = { ...new HashedNgramEncoder(), identity: 'other-encoder' } as unknown as Encoder;

let folder: TemporaryFolder;
let dependencies: ActivityDependencies;
beforeEach(async () => {
  folder = await TemporaryFolder.create();
  const resolved = await resolveSystem(echo);
  dependencies = {
    stores: storesOf(await folder.open()),
    resolve: async () => resolved,
    languageModels: modelsAt('http://127.0.0.1:1/v1'),
    encoder: async () => new HashedNgramEncoder(),
    proposer: undefined,
    workerIdentity: 'worker-1',
  };
  const input = { runId: 'run', system: 'echo', seed: 0, plan: defaultPlan, fresh: false };
  await new MockActivityEnvironment().run(() => prepareRun(dependencies, input));
});
afterEach(() => folder.remove());

describe('openRun', () => {
  it('opens a run for a worker with the models that it began with', async () => {
    const again = { ...dependencies, languageModels: modelsAt('http://127.0.0.1:1/v1') };
    expect(await openRun(again, 'run')).toMatchObject({ runId: 'run', seed: 0, plan: defaultPlan });
  });

  it.each<[string, Partial<ActivityDependencies>]>([
    ['the language models or their endpoints', { languageModels: modelsAt('http://127.0.0.1:2/v1') }],
    ["the proposer ('small', not none)", { proposer: 'small' }],
    ["the sentence encoder ('other-encoder', not", { encoder: async () => otherEncoder }],
  ])('refuses a worker that differs in %s, so that another may do it', async (difference, changes) => {
    await expect(openRun({ ...dependencies, ...changes }, 'run')).rejects.toMatchObject({
      type: 'DefinitionMismatch',
      nonRetryable: false,
      message: expect.stringContaining(difference),
    });
  });
});
