import type { ResolvedSystem } from '../../activities/definition/resolve-system';
import { exampleSample } from '../../activities/example-samples';
import type { OpenRun } from '../../activities/open-run';
import { alternativeSettings } from '../../activities/optimize-component/alternative-settings';
import type { TracedEvaluation } from '../../activities/traces';
import { randomStream } from '../../core/random/stream';
import type { RunPlan } from '../../core/run/plan';
import { initialConfiguration, type Configuration } from '../../core/system/configuration';
import type { Draw } from '../../core/system/draw';
import { mean } from '../../core/validation/moments';
import type { SyntheticSystem } from '../../systems/synthetic';
import { randomConfiguration } from '../random-configuration';
import type { CurvePoint } from './optimizer';
import { SimulatedSystem } from './simulated-system';

/** So many known configurations in a row: there is hardly another one. */
const mostRepeats = 100;

/**
 * Random search over the proposals of every component together, at most `calls` component calls: each configuration is
 * measured on the same validation examples, and the best mean so far is the incumbent. Demonstrations come from as many traces
 * as a run's first preference data.
 */
export async function randomSearch(
  { system, examples }: SyntheticSystem,
  seed: number,
  plan: RunPlan,
  calls: number,
): Promise<{ simulated: SimulatedSystem; curve: CurvePoint[] }> {
  const simulated = new SimulatedSystem(system);
  const all = [...examples.train, ...examples.validation, ...examples.test];
  const resolved = {
    system,
    examples,
    exampleById: new Map(all.map((example) => [example.id, example])),
  } as unknown as ResolvedSystem;
  const initial = initialConfiguration(system);
  const draw = (exampleId: string, purpose: 'validation' | 'preference'): Draw => ({
    runSeed: seed,
    purpose,
    iteration: -1,
    exampleId,
    index: 0,
  });
  const traces = new Map<string, TracedEvaluation>();
  const count = plan.preferenceInputs;
  const demonstrated = system.components.some(({ configuration }) =>
    Object.values(configuration).some(({ type }) => type === 'prompt'),
  );
  if (demonstrated) {
    for (const example of exampleSample(resolved, seed, {
      split: 'train',
      purpose: 'preference',
      iteration: -1,
      count,
    })) {
      const { trace, score } = simulated.run(initial, example, draw(example.id, 'preference'), 'traces');
      traces.set(example.id, { trace, evaluation: { ...score, drawIndex: 0 } });
    }
  }
  const { signal } = new AbortController();
  const pools = await Promise.all(
    system.components.map(async (component) => ({
      component,
      proposals: await alternativeSettings({ seed, plan, resolved } as OpenRun, {
        ...{ component, iteration: -1, incumbent: initial, traces, signal },
        purpose: 'proposals',
      }),
    })),
  );
  const validation = exampleSample(resolved, seed, {
    split: 'validation',
    purpose: 'validation',
    iteration: -1,
    count: plan.validationExamples,
  });
  const scoreOf = (configuration: Configuration): number =>
    mean(
      validation.map(
        (example) => simulated.run(configuration, example, draw(example.id, 'validation'), 'validation').score.score,
      ),
    );
  const before = scoreOf(initial);
  const curve: CurvePoint[] = [
    {
      calls: simulated.made,
      callsIfDistinct: simulated.madeIfDistinct,
      callsWithoutPreference: simulated.made,
      validated: 0,
      configuration: initial,
    },
  ];
  const stream = randomStream(seed, 'random-search');
  let best = { configuration: initial, score: before };
  let repeats = 0;
  while (simulated.made < calls && repeats < mostRepeats) {
    const configuration = randomConfiguration(initial, pools, stream);
    const made = simulated.made;
    const score = scoreOf(configuration);
    if (score > best.score) best = { configuration, score };
    curve.push({
      calls: simulated.made,
      callsIfDistinct: simulated.madeIfDistinct,
      callsWithoutPreference: simulated.made,
      validated: best.score - before,
      configuration: best.configuration,
    });
    repeats = simulated.made === made ? repeats + 1 : 0;
  }
  return { simulated, curve };
}
