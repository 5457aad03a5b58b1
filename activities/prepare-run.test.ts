import { z } from 'zod';
import { defaultPlan, type RunPlan } from '../core/run/plan';
import type { Optimizer } from '../core/search/own-optimizer';
import { component } from '../core/system/component';
import { system } from '../core/system/system';
import { oneOf, prompt } from '../core/system/variable';
import { TemporaryFolder } from '../storage/testing/temporary-folder';
import { activityDependencies, attempt } from '../test/support/activity-attempt';
import type { TunableComponent } from './contracts';
import { resolveSystem } from './definition/resolve-system';
import { prepareRun } from './prepare-run';

// Module graphs are bundled and databases opened, beside other test files on the same cores.
jest.setTimeout(60_000);

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

async function prepared(plan: Partial<RunPlan>, optimizers: Optimizer[] = []): Promise<TunableComponent[]> {
  const resolved = await resolveSystem(two, { optimizers, definedIn: undefined });
  const dependencies = await activityDependencies(folder, resolved);
  const run = { runId: 'run', system: 'two', seed: 0, plan: { ...defaultPlan, ...plan }, fresh: false };
  return (await attempt(() => prepareRun(dependencies, run))).components;
}

async function tuned(plan: Partial<RunPlan>): Promise<string[]> {
  return (await prepared(plan)).map(({ name }) => name).sort();
}

describe('prepareRun', () => {
  it('tunes the components for which one of the optimizers is', async () => {
    expect(await tuned({})).toEqual(['reader', 'writer']);
  });

  it('leaves out components that none of the named optimizers is for', async () => {
    expect(await tuned({ optimizers: ['hyperparameters', 'opro'] })).toEqual(['reader']);
  });

  it("has the incumbent traced for prompts, and for the user's own optimizers where the plan names them", async () => {
    const traced = async (...how: Parameters<typeof prepared>): Promise<string[]> =>
      (await prepared({ ...how[0], rewards: false }, how[1]))
        .flatMap((item) => (item.traced ? [item.name] : []))
        .sort();
    const mine: Optimizer = { name: 'mine', kinds: ['oneOf'], version: '1', propose: () => [] };
    expect(await traced({}, [mine])).toEqual(['reader', 'writer']);
    await folder.remove();
    folder = await TemporaryFolder.create();
    expect(await traced({ optimizers: ['edits', 'hyperparameters'] }, [mine])).toEqual(['writer']);
  });

  it('refuses optimizers that can tune nothing', async () => {
    await expect(tuned({ optimizers: ['opro', 'models'] })).rejects.toThrow(
      "none of opro, models can tune a component of system 'two' without a proposer",
    );
  });
});
