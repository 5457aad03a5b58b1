import { z } from 'zod';
import { defaultPlan, type RunPlan } from '../core/run/plan';
import { component } from '../core/system/component';
import { system } from '../core/system/system';
import { oneOf, prompt } from '../core/system/variable';
import { TemporaryFolder } from '../storage/testing/temporary-folder';
import { activityDependencies, attempt } from '../test/support/activity-attempt';
import { resolveSystem } from './definition/resolve-system';
import { prepareRun } from './prepare-run';

const field = z.object({ text: z.string() });
const rows = (id: string) => [{ id, text: id }];
const two = system({
  name: 'two',
  input: field,
  output: field,
  from: { text: 'writer.text' },
  components: [
    component({
      ...{ name: 'writer', description: '', input: field, output: field },
      configuration: { prompt: prompt('Write.') },
      from: { text: 'reader.text' },
      run: (inputs) => inputs,
    }),
    component({
      ...{ name: 'reader', description: '', input: field, output: field },
      configuration: { k: oneOf([1, 2]) },
      from: { text: 'input.text' },
      run: (inputs) => inputs,
    }),
  ],
  metric: () => 1,
  dataset: { train: rows('a'), validation: rows('b'), test: rows('c') },
});

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await TemporaryFolder.create();
});
afterEach(() => folder.remove());

async function tuned(plan: Partial<RunPlan>): Promise<string[]> {
  const dependencies = await activityDependencies(folder, await resolveSystem(two));
  const run = { runId: 'run', system: 'two', seed: 0, plan: { ...defaultPlan, ...plan }, fresh: false };
  return (await attempt(() => prepareRun(dependencies, run))).components.map(({ name }) => name).sort();
}

describe('prepareRun', () => {
  it('tunes the components for which one of the optimizers is', async () => {
    expect(await tuned({})).toEqual(['reader', 'writer']);
  });

  it('leaves out components that none of the named optimizers is for', async () => {
    expect(await tuned({ optimizers: ['hyperparameters', 'opro'] })).toEqual(['reader']);
  });

  it('refuses optimizers that can tune nothing', async () => {
    await expect(tuned({ optimizers: ['opro', 'models'] })).rejects.toThrow(
      "none of opro, models can tune a component of system 'two' without a proposer",
    );
  });
});
