import { z } from 'zod';
import { defaultPlan } from '../../core/run/plan';
import { component } from '../../core/system/component';
import { system } from '../../core/system/system';
import { prompt } from '../../core/system/variable';
import { TemporaryFolder } from '../../storage/testing/temporary-folder';
import { activityDependencies, attempt } from '../../test/support/activity-attempt';
import { encoder } from '../../test/support/planted-reward-data';
import { resolveSystem } from '../definition/resolve-system';
import { fitReward } from '../fit-reward';
import { openRun } from '../open-run';
import { prepareRun } from '../prepare-run';
import { rewardGains } from './reward-gains';

const field = z.object({ text: z.string() });
const rows = (id: string) => [{ id, text: id }];
const echo = system({
  name: 'echo',
  input: field,
  output: field,
  from: { text: 'speaker.text' },
  components: [
    component({
      ...{ name: 'speaker', description: '', input: field, output: field },
      configuration: { prompt: prompt('Speak.') },
      run: (inputs) => inputs,
    }),
  ],
  metric: () => 1,
  dataset: { train: rows('a'), validation: rows('b'), test: rows('c') },
});

const judged = (good: boolean) => ({
  outputs: { text: good ? 'a good long answer' : 'bad' },
  scores: [good ? 1 : 0],
});

it("asks the trusted reward of before the iteration, never the iteration's own", async () => {
  const folder = await TemporaryFolder.create();
  try {
    const dependencies = await activityDependencies(folder, await resolveSystem(echo), {
      encoder: async () => encoder,
    });
    const { stores } = dependencies;
    const run = { runId: 'run', system: 'echo', seed: 0, plan: defaultPlan, fresh: false };
    const { baseline } = await attempt(() => prepareRun(dependencies, run));
    const step = { runId: 'run', component: 'speaker', configurationHash: baseline, limits: {} };
    await stores.candidates.putMany(
      'run',
      Array.from({ length: 60 }, (_, place) => ({
        ...{ component: 'speaker', iteration: -1, configurationHash: baseline },
        exampleId: `t${Math.floor(place / 2)}`,
        inputs: { text: `question ${Math.floor(place / 2)}` },
        origin: place % 2 === 0 ? ('base' as const) : ('sampled' as const),
        candidateIndex: place % 2,
        ...judged((place % 2 === 1) !== place % 3 > 1),
      })),
    );
    expect(await attempt(() => fitReward(dependencies, { ...step, iteration: -1 }))).toMatchObject({ trusted: true });
    const opened = await openRun(dependencies, 'run');
    const at = (iteration: number) =>
      rewardGains(dependencies, opened, { ...step, iteration, count: 1 }, new AbortController().signal);

    const gains = await at(0);
    const [good, bad] = ['a good long answer', 'bad'].map((text) => ({ text }));
    const [up, down] = (await gains?.([
      { inputs: { text: 'question 90' }, incumbent: bad!, candidate: good! },
      { inputs: { text: 'question 90' }, incumbent: good!, candidate: bad! },
    ])) as [number, number];
    expect(up).toBeGreaterThan(0.2);
    expect(down).toBeLessThan(up);

    // The version of iteration -1 is the iteration's own there; one that is not trusted is not asked.
    expect(await at(-1)).toBeUndefined();
    const first = await stores.rewardVersions.get('run', 'speaker', 0);
    await stores.rewardVersions.put({ ...first!, version: 1, metrics: { ...first!.metrics, trusted: false } });
    expect(await at(0)).toBeDefined();
    expect(await at(1)).toBeUndefined();
  } finally {
    await folder.remove();
  }
}, 60_000);
