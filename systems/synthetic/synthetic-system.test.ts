import { directCaller } from '../../core/system/direct-caller';
import {
  checkConfiguration,
  configurationHash,
  initialConfiguration,
  type Configuration,
} from '../../core/system/configuration';
import type { Draw } from '../../core/system/draw';
import { runExample, scoreTrace } from '../../core/system/interpreter';
import type { ComponentOutcome } from '../../core/system/trace';
import { chain, conditional, fork, interaction, type SyntheticSystem } from './index';
import type { TaskExample } from './tasks';

const caller = directCaller();
const { signal } = new AbortController();
const factories = { chain, fork, conditional, interaction };

async function rollout(
  synthetic: SyntheticSystem,
  configuration: Configuration,
  example: TaskExample,
  index: number,
  options: { temperature?: number; given?: Record<string, ComponentOutcome> } = {},
) {
  const draw: Draw = {
    runSeed: 1,
    purpose: 'test',
    iteration: 0,
    exampleId: example.id,
    index,
    ...(options.temperature === undefined ? {} : { temperature: options.temperature }),
  };
  const common = { system: synthetic.system, configuration, example, draw, caller, signal };
  const trace = await runExample({ ...common, ...(options.given === undefined ? {} : { given: options.given }) });
  return { trace, score: await scoreTrace(trace, common) };
}

function meanAndError(values: number[]): { mean: number; error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, error: Math.sqrt(variance / values.length) };
}

describe.each(Object.entries(factories))('%s', (_, make) => {
  const synthetic = make({ seed: 3, noise: 0.6, examples: { train: 20, validation: 20, test: 40 } });
  const initial = initialConfiguration(synthetic.system);
  const [optimum] = synthetic.componentwiseMaxima();

  it.each([
    ['the initial configuration', initial],
    ['the optimum', optimum?.configuration ?? {}],
  ])('has the true score that Monte Carlo finds: %s', async (_name, configuration) => {
    const means: number[] = [];
    const residuals: number[] = [];
    for (const example of synthetic.examples.test) {
      const scores = await Promise.all(
        Array.from({ length: 8 }, async (__, index) => (await rollout(synthetic, configuration, example, index)).score),
      );
      const { mean, error } = meanAndError(scores.map((item) => item.score));
      means.push(mean);
      residuals.push(error);
    }
    const standardError = Math.sqrt(residuals.reduce((sum, error) => sum + error ** 2, 0)) / residuals.length;
    const gap = Math.abs(meanAndError(means).mean - synthetic.trueScore(configuration, 'test'));
    expect(standardError).toBeLessThan(0.015);
    expect(gap).toBeLessThan(4 * standardError);
  });

  it('has the expected downstream score that Monte Carlo finds, for every component', async () => {
    for (const example of synthetic.examples.validation.slice(0, 2)) {
      const { trace } = await rollout(synthetic, initial, example, 999, { temperature: 1 });
      const live = Object.values(trace.components).filter((item) => item.outcome.status === 'ok');
      for (const { component, inputs = {}, outcome } of live) {
        const { descendants } = synthetic.system.wiring;
        const given = Object.fromEntries(
          Object.entries(trace.components)
            .filter(([name]) => !descendants[component]?.has(name))
            .map(([name, item]) => [name, item.outcome]),
        );
        const outputsOf = Object.fromEntries(
          Object.entries(given).flatMap(([name, item]) => (item.status === 'ok' ? [[name, item.outputs]] : [])),
        );
        const scores: number[] = [];
        for (let index = 0; index < 120; index++) {
          scores.push((await rollout(synthetic, initial, example, index, { given })).score.score);
        }
        const outputs = outcome.status === 'ok' ? outcome.outputs : {};
        const expected = synthetic.expectedDownstream(component, example, inputs, outputs, initial, outputsOf);
        const { mean, error } = meanAndError(scores);
        expect(Math.abs(mean - expected)).toBeLessThan(4 * error + 1e-9);
      }
    }
  });

  it('averages to the score over the distribution of tasks', () => {
    const many = make({ seed: 3, noise: 0.6, examples: { train: 800, validation: 1, test: 1 } });
    expect(Math.abs(many.trueScore(initial) - many.trueScore(initial, 'train'))).toBeLessThan(0.04);
  });

  it('leaves room between the initial configuration and an optimum inside the space', () => {
    expect(optimum).toBeDefined();
    checkConfiguration(synthetic.system, optimum?.configuration ?? {});
    expect(synthetic.trueScore(initial)).toBeLessThan(0.5);
    expect(optimum?.score).toBeGreaterThan(synthetic.trueScore(initial) + 0.3);
    for (const { name } of synthetic.system.components) {
      const { score } = synthetic.bestSettings(name, optimum?.configuration ?? {});
      expect(score).toBeCloseTo(optimum?.score ?? 0, 9);
    }
  });

  it('repeats a draw exactly, is fixed without noise, and varies at a temperature', async () => {
    const [example] = synthetic.examples.test as [TaskExample];
    const first = await rollout(synthetic, initial, example, 5);
    const again = await rollout(synthetic, initial, example, 5);
    expect(again).toEqual(first);
    const quiet = make({ noise: 0 });
    const [task] = quiet.examples.test as [TaskExample];
    const texts = async (temperature?: number) => {
      const options = temperature === undefined ? {} : { temperature };
      const traces = await Promise.all([1, 2, 3, 4].map((index) => rollout(quiet, initial, task, index, options)));
      return new Set(traces.map(({ trace }) => JSON.stringify(trace.output))).size;
    };
    expect(await texts()).toBe(1);
    expect(await texts(0.7)).toBe(4);
  });

  it('grows to any number of candidates for each component', () => {
    const large = make({ candidatesPerComponent: 32 });
    const start = initialConfiguration(large.system);
    expect(large.system.components.length).toBeGreaterThanOrEqual(4);
    for (const { configuration } of large.system.components) {
      const variable = configuration['strategy'];
      expect(variable?.type === 'oneOf' && variable.values.length).toBe(32);
    }
    expect(large.componentwiseMaxima(2)[0]?.score).toBeGreaterThan(large.trueScore(start) + 0.2);
  });
});

describe('interaction', () => {
  it('has two component-wise maxima, apart in the styles of planner and writer', () => {
    const maxima = interaction().componentwiseMaxima(12);
    const styles = maxima.map(({ configuration }) => [
      configuration['planner']?.['style'],
      configuration['writer']?.['style'],
    ]);
    expect(styles).toEqual([
      ['open', 'expand'],
      ['exact', 'copy'],
    ]);
    const [best, other] = maxima;
    expect((best?.score ?? 0) - (other?.score ?? 0)).toBeGreaterThan(0.03);
  });

  it('turns the order of two plans round when the writer changes its style', () => {
    const synthetic = interaction({ noise: 1 });
    const [example] = synthetic.examples.train as [TaskExample];
    const initial = initialConfiguration(synthetic.system);
    const expand = { ...initial, writer: { ...initial['writer'], style: 'expand' } };
    const plans = ['measures', 'ignores'].map((verb) => ({
      plan: example.task.replaceAll(/the (\w+) for/g, `it ${verb} the $1 for`),
    }));
    const gap = (configuration: Configuration): number => {
      const [precise = 0, vague = 0] = plans.map((plan) =>
        synthetic.expectedDownstream('planner', example, { task: example.task }, plan, configuration),
      );
      return precise - vague;
    };
    expect(gap(initial)).toBeGreaterThan(0.05);
    expect(gap(expand)).toBeLessThan(-0.05);
  });
});

describe('conditional', () => {
  it('skips the writer that the kind of the task does not need', async () => {
    const synthetic = conditional();
    const initial = initialConfiguration(synthetic.system);
    for (const example of synthetic.examples.test.slice(0, 2)) {
      const { trace } = await rollout(synthetic, initial, example, 0);
      expect(trace.components[`${example.kind}_writer`]?.outcome.status).toBe('ok');
      const other = example.kind === 'full' ? 'brief_writer' : 'full_writer';
      expect(trace.components[other]?.outcome).toEqual({ status: 'skipped' });
    }
  });
});

describe('options', () => {
  it('rejects noise outside [0, 1] and an unknown component', () => {
    expect(() => chain({ noise: 2 })).toThrow('synthetic-chain: noise must be in [0, 1], not 2');
    const synthetic = chain();
    const [example] = synthetic.examples.test as [TaskExample];
    expect(() => synthetic.expectedDownstream('nobody', example, {}, {}, {})).toThrow("no component 'nobody'");
  });

  it('gives the same system for the same seed, and others for other seeds', () => {
    expect(configurationHash({ all: { examples: chain({ seed: 1 }).examples as never } })).toBe(
      configurationHash({ all: { examples: chain({ seed: 1 }).examples as never } }),
    );
    expect(chain({ seed: 1 }).examples.test[0]?.task).not.toBe(chain({ seed: 2 }).examples.test[0]?.task);
  });
});
