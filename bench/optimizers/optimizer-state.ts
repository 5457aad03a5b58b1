import type { ResolvedSystem } from '../../activities/definition/resolve-system';
import { exampleSample } from '../../activities/example-samples';
import type { OpenRun } from '../../activities/open-run';
import type { TracedEvaluation } from '../../activities/traces';
import type { RunPlan } from '../../core/run/plan';
import type { Component } from '../../core/system/component';
import { configurationHash, initialConfiguration, type Configuration } from '../../core/system/configuration';
import type { Draw, Purpose } from '../../core/system/draw';
import { heldOutcomes } from '../../core/system/held-outcomes';
import type { JsonObject } from '../../core/system/json';
import type { Example } from '../../core/system/run-context';
import type { Split } from '../../core/system/system';
import type { ComponentOutcome } from '../../core/system/trace';
import type { SyntheticSystem } from '../../systems/synthetic';
import { SimulatedSystem, type CallPurpose } from './simulated-system';

/** One input of a component under the incumbent, where it ran. */
export interface Place {
  example: Example;
  trace: TracedEvaluation['trace'];
  inputs: JsonObject;
  /** The incumbent's outputs. */
  base: JsonObject;
}

/** What an optimization in memory knows and measures; samples and draws are those of a run. */
export class OptimizerState {
  readonly simulated: SimulatedSystem;
  readonly run: Pick<OpenRun, 'plan' | 'seed' | 'resolved'>;
  incumbent: Configuration;
  private readonly traces = new Map<string, Map<string, TracedEvaluation>>();

  constructor(
    { system, examples }: SyntheticSystem,
    readonly seed: number,
    readonly plan: RunPlan,
  ) {
    this.simulated = new SimulatedSystem(system);
    this.incumbent = initialConfiguration(system);
    const all = [...examples.train, ...examples.validation, ...examples.test];
    const exampleById = new Map(all.map((example) => [example.id, example]));
    const resolved = { system, examples, exampleById, optimizers: [] };
    this.run = { plan, seed, resolved: resolved as unknown as ResolvedSystem };
  }

  sample(split: Split, purpose: Purpose, iteration: number, count: number): Example[] {
    return exampleSample(this.run.resolved, this.seed, { split, purpose, iteration, count });
  }

  draw(purpose: Purpose, iteration: number, example: Example): Draw {
    return { runSeed: this.seed, purpose, iteration, exampleId: example.id, index: 0 };
  }

  /** Scores by example id, of a part of a sample. */
  evaluate(
    configuration: Configuration,
    sample: { split: Split; purpose: Purpose; iteration: number; count: number; from?: number; to?: number },
    label: CallPurpose,
  ): Map<string, number> {
    const { split, purpose, iteration, count } = sample;
    const examples = this.sample(split, purpose, iteration, count).slice(sample.from ?? 0, sample.to ?? count);
    return new Map(
      examples.map((example) => {
        const draw = this.draw(purpose, iteration, example);
        const { trace, score } = this.simulated.run(configuration, example, draw, label);
        if (split === 'train') {
          const key = traceKey(purpose, iteration, configuration);
          const traces = this.traces.get(key) ?? new Map<string, TracedEvaluation>();
          this.traces.set(key, traces.set(example.id, { trace, evaluation: { ...score, drawIndex: 0 } }));
        }
        return [example.id, score.score];
      }),
    );
  }

  /** Of the incumbent on training inputs, also of earlier iterations. */
  get incumbentTraces(): Map<string, TracedEvaluation> {
    return this.traces.get(traceKey('preference', -1, this.incumbent)) ?? new Map<string, TracedEvaluation>();
  }

  /** The component's inputs in the first of an iteration's traces, where it ran. */
  places(component: Component, iteration: number, { traced, inputs }: { traced: number; inputs: number }): Place[] {
    const traces = this.traces.get(traceKey('optimization', iteration, this.incumbent));
    return this.sample('train', 'optimization', iteration, traced)
      .slice(0, inputs)
      .flatMap((example) => {
        const trace = traces?.get(example.id)?.trace;
        const base = trace?.components[component.name];
        if (trace === undefined || base?.inputs === undefined || base.outcome.status !== 'ok') return [];
        return [{ example, trace, inputs: base.inputs, base: base.outcome.outputs }];
      });
  }

  /** Score of some outputs of a component by rolling out its descendants, as `downstreamRollout` does. */
  downstream(
    component: Component,
    iteration: number,
    { example, trace }: Pick<Place, 'example' | 'trace'>,
    outputs: JsonObject,
    label: CallPurpose,
    judged: string,
  ): number {
    const { wiring } = this.run.resolved.system;
    const given: Record<string, ComponentOutcome> = {
      ...heldOutcomes(wiring, trace, [component.name]),
      [component.name]: { status: 'ok', outputs },
    };
    const draw = this.draw('optimization', iteration, example);
    return this.simulated.run(this.incumbent, example, draw, label, given, judged).score.score;
  }
}

/** A configuration's preference traces serve in all iterations that it is the incumbent in. */
function traceKey(purpose: Purpose, iteration: number, configuration: Configuration): string {
  return `${purpose}/${purpose === 'preference' ? '' : iteration}/${configurationHash(configuration)}`;
}
