import type { OpenRun } from '../../activities/open-run';
import { alternativeSettings } from '../../activities/optimize-component/alternative-settings';
import { randomStream } from '../../core/random/stream';
import type { RunPlan } from '../../core/run/plan';
import type { Proposal } from '../../core/search/proposal';
import type { Component } from '../../core/system/component';
import type { Configuration } from '../../core/system/configuration';
import { hasPrompt } from '../../core/system/variable';
import { mean } from '../../core/validation/moments';
import type { SyntheticSystem } from '../../systems/synthetic';
import { randomConfiguration } from '../random-configuration';
import type { CurvePoint } from './optimizer';
import { OptimizerState } from './optimizer-state';
import type { SimulatedSystem } from './simulated-system';

/** So many known configurations in a row: there is hardly another one. */
const mostRepeats = 100;

/**
 * Random search over the proposals of every component together, at most `calls` component calls: each configuration is
 * measured on the same validation examples, and the best mean so far is the incumbent. Demonstrations come from as many traces
 * as a run's first preference data.
 */
export async function randomSearch(
  synthetic: SyntheticSystem,
  seed: number,
  plan: RunPlan,
  calls: number,
): Promise<{ simulated: SimulatedSystem; curve: CurvePoint[] }> {
  const state = new OptimizerState(synthetic, seed, plan);
  const { simulated, incumbent: initial, run } = state;
  const { components } = synthetic.system;
  if (components.some(({ configuration }) => hasPrompt(configuration))) {
    const traced = { split: 'train', purpose: 'preference', iteration: -1, count: plan.preferenceInputs } as const;
    state.evaluate(initial, traced, 'traces');
  }
  const { signal } = new AbortController();
  const pools: { component: Component; proposals: Proposal[] }[] = [];
  for (const component of components) {
    const step = { component, iteration: -1, incumbent: initial, traces: state.incumbentTraces, signal };
    pools.push({ component, proposals: await alternativeSettings(run as OpenRun, { ...step, purpose: 'proposals' }) });
  }
  const count = plan.validationExamples;
  const validation = { split: 'validation', purpose: 'validation', iteration: -1, count } as const;
  const scoreOf = (configuration: Configuration): number =>
    mean([...state.evaluate(configuration, validation, 'validation').values()]);
  const before = scoreOf(initial);
  let best = { configuration: initial, score: before };
  const point = (): CurvePoint => ({
    calls: simulated.made,
    callsIfDistinct: simulated.madeIfDistinct,
    callsWithoutPreference: simulated.made,
    validated: best.score - before,
    configuration: best.configuration,
  });
  const curve = [point()];
  const stream = randomStream(seed, 'random-search');
  let repeats = 0;
  while (simulated.made < calls && repeats < mostRepeats) {
    const configuration = randomConfiguration(initial, pools, stream);
    const made = simulated.made;
    const score = scoreOf(configuration);
    if (score > best.score) best = { configuration, score };
    curve.push(point());
    repeats = simulated.made === made ? repeats + 1 : 0;
  }
  return { simulated, curve };
}
