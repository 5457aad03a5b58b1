import { MockActivityEnvironment } from '@temporalio/testing';
import { z } from 'zod';
import { defaultPlan } from '../core/run/plan';
import { component } from '../core/system/component';
import { system } from '../core/system/system';
import { oneOf } from '../core/system/variable';
import { HashedNgramEncoder } from '../providers/encoder';
import { LanguageModels } from '../providers/language-models';
import { storesOf } from '../storage';
import { TemporaryFolder } from '../storage/testing/temporary-folder';
import { chooseComponent } from './choose-component';
import type { DecideInput, PreparedRun } from './contracts';
import { decide } from './decide';
import { resolveSystem } from './definition/resolve-system';
import type { ActivityDependencies } from './dependencies';
import { prepareRun } from './prepare-run';

const text = z.object({ text: z.string() });
const rows = (id: string) => ['1', '2'].map((number) => ({ id: id + number, text: 'x' }));
const answer = z.object({ answer: z.string() });
const configuration = { tone: oneOf(['calm', 'loud']) };
const pair = system({
  name: 'pair',
  input: text,
  output: answer,
  components: [
    component({
      name: 'first',
      description: 'Drafts',
      input: text,
      output: z.object({ draft: z.string() }),
      configuration,
      run: (inputs) => ({ draft: inputs.text }),
    }),
    component({
      name: 'second',
      description: 'Answers',
      input: z.object({ draft: z.string() }),
      output: answer,
      configuration,
      run: (inputs) => ({ answer: inputs.draft }),
    }),
  ],
  metric: () => 1,
  dataset: { train: rows('t'), validation: rows('v'), test: rows('u') },
});

let folder: TemporaryFolder;
let dependencies: ActivityDependencies;
let prepared: PreparedRun;
const attempt = <T>(activity: () => Promise<T>): Promise<T> => new MockActivityEnvironment().run(activity);
beforeEach(async () => {
  folder = await TemporaryFolder.create();
  const resolved = await resolveSystem(pair);
  dependencies = {
    stores: storesOf(await folder.open()),
    resolve: async () => resolved,
    languageModels: new LanguageModels({ e: { baseURL: 'http://127.0.0.1:1/v1', models: { small: {} } } }, {}),
    encoder: async () => new HashedNgramEncoder(),
    proposer: undefined,
    workerIdentity: 'test',
  };
  const input = { runId: 'run', system: 'pair', seed: 0, plan: defaultPlan, fresh: false };
  prepared = await attempt(() => prepareRun(dependencies, input));
});
afterEach(() => folder.remove());

it('decide answers on its second attempt what the first one recorded', async () => {
  const input: DecideInput = {
    runId: 'run',
    iteration: 0,
    component: 'first',
    incumbent: prepared.baseline,
    entered: 0,
    finalists: [],
    count: 2,
    skipped: 'recorded first',
  };
  const first = await attempt(() => decide(dependencies, input));
  expect(first).toMatchObject({ accepted: false, reason: 'recorded first' });
  expect(await attempt(() => decide(dependencies, { ...input, skipped: 'seen later' }))).toEqual(first);
});

it('chooseComponent answers on its second attempt what the first one recorded', async () => {
  const choose = (components: PreparedRun['components']) =>
    attempt(() => chooseComponent(dependencies, { runId: 'run', iteration: 0, components }));
  const first = await choose(prepared.components);
  const others = prepared.components.filter(({ name }) => name !== first.component);
  expect(others).toHaveLength(1);
  expect(await choose(others)).toEqual(first);
});
