import { z } from 'zod';
import { defaultPlan } from '../core/run/plan';
import { component } from '../core/system/component';
import { system } from '../core/system/system';
import { oneOf } from '../core/system/variable';
import { TemporaryFolder } from '../storage/testing/temporary-folder';
import { activityDependencies, attempt } from '../test/support/activity-attempt';
import { resolveSystem } from './definition/resolve-system';
import { evaluate } from './evaluate';
import { prepareRun } from './prepare-run';
import { loadTraces } from './traces';

// Module graphs are bundled and databases opened, beside other test files on the same cores.
jest.setTimeout(60_000);

const rows = (id: string) => [0, 1, 2].map((number) => ({ id: `${id}${number}`, number }));

/** A system whose component, for 0, and whose metric, for 1, gives NaN. */
const dividing = (output: z.ZodObject) =>
  system({
    name: 'dividing',
    input: z.object({ number: z.number() }),
    output: z.object({ share: z.any() }),
    components: [
      component({
        name: 'divider',
        description: 'Divides',
        input: z.object({ number: z.number() }),
        output,
        configuration: { by: oneOf([1, 2]) },
        run: ({ number }) => ({ share: number === 0 ? Number.NaN : number }),
      }),
    ],
    metric: (_, { share }) => (share === 1 ? Number.NaN : 0.75),
    metricFloor: 0.25,
    dataset: { train: rows('t'), validation: rows('v'), test: rows('u') },
  });

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await TemporaryFolder.create();
});
afterEach(() => folder.remove());

it.each([
  [
    'that its schema refuses',
    z.number(),
    'its output does not fit: share: Invalid input: expected number, received NaN',
  ],
  ['that its schema lets through', z.any(), 'its output is no JSON: share: NaN is not a JSON number'],
])(
  'takes NaN from a component, %s, and from the metric for a failure that scores the floor',
  async (_, share, reason) => {
    const dependencies = await activityDependencies(folder, await resolveSystem(dividing(z.object({ share }))));
    const begun = { runId: 'run', system: 'dividing', seed: 0, plan: defaultPlan, fresh: false };
    const { baseline } = await attempt(() => prepareRun(dependencies, begun));
    const key = { runId: 'run', purpose: 'baseline', iteration: -1 } as const;
    const range = { ...key, split: 'validation', count: 3, from: 0, to: 3 } as const;
    const measured = { runId: 'run', limits: {}, configurationHash: baseline, range };
    expect(await attempt(() => evaluate(dependencies, measured))).toEqual({ examples: 3, failures: 2 });
    const traced = await loadTraces(dependencies.stores, { ...key, configurationHash: baseline });
    expect(traced.get('v0')?.evaluation).toMatchObject({ score: 0.25, failure: `component 'divider': ${reason}` });
    expect(traced.get('v1')?.evaluation).toMatchObject({
      ...{ score: 0.25, failure: "the metric returned NaN for example 'v1'; expected a score in [0, 1]" },
    });
    expect(traced.get('v2')?.evaluation).toMatchObject({ score: 0.75 });
    expect(traced.get('v2')?.evaluation).not.toHaveProperty('failure');
  },
);

it('records what an example costs the system', async () => {
  const dependencies = await activityDependencies(folder, await resolveSystem(dividing(z.object({ share: z.any() }))));
  const begun = { runId: 'run', system: 'dividing', seed: 0, plan: defaultPlan, fresh: false };
  const { baseline } = await attempt(() => prepareRun(dependencies, begun));
  const key = { runId: 'run', purpose: 'baseline', iteration: -1 } as const;
  const range = { ...key, split: 'validation', count: 3, from: 0, to: 3 } as const;
  await attempt(() => evaluate(dependencies, { runId: 'run', limits: {}, configurationHash: baseline, range }));
  const traced = await loadTraces(dependencies.stores, { ...key, configurationHash: baseline });
  const { price, components } = traced.get('v2')?.trace ?? {};
  expect(price).toEqual({ usd: 0, seconds: (components?.['divider']?.usage.latencyMs ?? NaN) / 1_000 });
});
