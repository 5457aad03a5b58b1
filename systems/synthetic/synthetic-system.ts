import { z } from 'zod';
import { randomStream } from '../../core/random/stream';
import { component, type Component } from '../../core/system/component';
import { initialConfiguration, type ComponentConfiguration, type Configuration } from '../../core/system/configuration';
import type { JsonObject } from '../../core/system/json';
import type { MetricResult, RunContext } from '../../core/system/run-context';
import { system, type Split, type System } from '../../core/system/system';
import type { Variables } from '../../core/system/variable';
import { bestSettings, componentwiseMaxima, type ScoredConfiguration } from './componentwise-maxima';
import { attributeWeights, probabilityOfGood, type Bits } from './expectation';
import { strategySetting } from './setting';
import {
  abilityOf,
  difficulties,
  flattened,
  taskProbability,
  type Ability,
  type Difficulty,
  type Stage,
} from './stage';
import { tasks, type TaskExample } from './tasks';
import { attributes, readTask, readText, writeText, type Attribute, type Clause } from './wording';

export interface SyntheticOptions {
  /** Seeds the data, the tasks' difficulties and the strategies' effects. Default 0. */
  seed: number;
  /** Share of outcomes that are drawn afresh at each call, in [0, 1]; at 0 and temperature 0 outputs are fixed. Default 0.5. */
  noise: number;
  /** Default 120 / 80 / 80. */
  examples: Record<Split, number>;
  /** Replaces each component's variables by one `strategy` with this many values: a finite space of known size. */
  candidatesPerComponent?: number;
}

/** A compound system whose true scores are known exactly. */
export interface SyntheticSystem {
  system: System;
  examples: Record<Split, TaskExample[]>;
  /** The expected metric at temperature 0: over the distribution that tasks come from, or over one split's tasks. In [0, 1]. */
  trueScore(configuration: Configuration, split?: Split): number;
  /**
   * `E_down[R | y]` for an output of `component` on an example, with the descendants at temperature 0. `given` holds
   * outputs of other components fixed, by component; a non-descendant that is not given is averaged over as well.
   */
  expectedDownstream(
    component: string,
    example: TaskExample,
    inputs: JsonObject,
    outputs: JsonObject,
    configuration: Configuration,
    given?: Readonly<Record<string, JsonObject>>,
  ): number;
  /** The best that one component can do alone, in true score over the distribution of tasks. */
  bestSettings(component: string, configuration: Configuration): { settings: ComponentConfiguration; score: number };
  /** Configurations that no component can improve alone, best first; the first is the optimum. */
  componentwiseMaxima(restarts?: number): ScoredConfiguration[];
}

export interface SyntheticDefinition {
  name: string;
  description: string;
  /** Kinds of tasks, in equal shares. */
  kinds: readonly string[];
  /** In topological order; the last one writes the answer. */
  stages: (seed: number) => readonly Stage[];
}

/** What is random in a system beside its draws. */
interface Law {
  seed: number;
  noise: number;
  difficulty: Difficulty;
}

/** Makes the system of a definition, and its closed forms. @throws RangeError for noise outside [0, 1] */
export function syntheticSystem(
  definition: SyntheticDefinition,
  options: Partial<SyntheticOptions> = {},
): SyntheticSystem {
  const seed = options.seed ?? 0;
  const noise = options.noise ?? 0.5;
  if (!(noise >= 0 && noise <= 1)) throw new RangeError(`${definition.name}: noise must be in [0, 1], not ${noise}`);
  const examples = tasks(seed, options.examples ?? { train: 120, validation: 80, test: 80 }, definition.kinds);
  const count = options.candidatesPerComponent;
  const stages = definition
    .stages(seed)
    .map((stage) => (count === undefined ? stage : withStrategies(stage, seed, count)));
  const answer = stages.at(-1)?.field ?? '';
  const law: Law = { seed, noise, difficulty: difficulties(seed) };

  const expectedScore = (
    kind: string,
    requests: number,
    fixed: (attribute: Attribute, facet: number) => Bits,
    abilities: ReadonlyMap<Stage, Ability>,
    ofTask: (average: number, stage: Stage) => number,
  ): number => {
    const live = stages.filter((stage) => stage.kind === undefined || stage.kind === kind);
    let total = 0;
    for (const attribute of attributes) {
      for (let facet = 0; facet < requests; facet++) {
        const good = probabilityOfGood(live, answer, fixed(attribute, facet), (stage, parents) => {
          const { strength, style } = abilities.get(stage) as Ability;
          return ofTask(stage.probability(attribute, parents, strength, style), stage);
        });
        total += attributeWeights[attribute] * good;
      }
    }
    return total / requests;
  };
  const forTask = (task: string) => (average: number, stage: Stage) =>
    taskProbability(average, law.difficulty(stage, task), noise);
  const abilitiesOf = (configuration: Configuration) =>
    new Map(stages.map((stage) => [stage, abilityOf(stage, configuration[stage.name] ?? {})]));
  const nothing = (): Bits => ({});

  const trueScore = (configuration: Configuration, split?: Split): number => {
    const abilities = abilitiesOf(configuration);
    return mean(
      split === undefined
        ? definition.kinds.map((kind) => expectedScore(kind, 1, nothing, abilities, (average) => average))
        : examples[split].map(({ task, kind }) => expectedScore(kind, 1, nothing, abilities, forTask(task))),
    );
  };

  const stageOf = (name: string): Stage => {
    const found = stages.find((stage) => stage.name === name);
    if (found === undefined) throw new RangeError(`${definition.name} has no component '${name}'`);
    return found;
  };

  const defined = asSystem(definition, stages, examples, law);
  return {
    system: defined,
    examples,
    trueScore,
    expectedDownstream(name, example, inputs, outputs, configuration, given = {}) {
      stageOf(name);
      const texts: JsonObject = Object.assign({}, inputs, ...Object.values(given), outputs);
      const known = stages
        .filter((stage) => typeof texts[stage.field] === 'string')
        .map((stage) => [stage.field, readText(String(texts[stage.field]), example.task)] as const);
      const fixed = (attribute: Attribute, facet: number): Bits =>
        Object.fromEntries(known.map(([field, clauses]) => [field, clauses[facet]?.[attribute] ?? false]));
      const requests = readTask(example.task).length;
      return expectedScore(example.kind, requests, fixed, abilitiesOf(configuration), forTask(example.task));
    },
    bestSettings: (name, configuration) => bestSettings(stageOf(name), configuration, trueScore),
    componentwiseMaxima: (restarts = 24) =>
      componentwiseMaxima(stages, initialConfiguration(defined), trueScore, restarts),
  };
}

function asSystem(
  definition: SyntheticDefinition,
  stages: readonly Stage[],
  examples: Record<Split, TaskExample[]>,
  law: Law,
): System {
  const answer = stages.at(-1)?.field ?? '';
  return system({
    name: definition.name,
    description: definition.description,
    input: z.object({ task: z.string(), kind: z.string() }),
    output: z.object({ [answer]: z.string() }),
    components: stages.map((stage) => asComponent(definition.name, stage, law)),
    metric: (example: TaskExample, output): MetricResult => grade(String(output[answer]), example.task),
    groundTruth: (example: TaskExample) => ({
      [stages.at(-1)?.name ?? '']: { [answer]: perfectText(answer, example.task) },
    }),
    dataset: examples,
  });
}

function asComponent(systemName: string, stage: Stage, law: Law): Component {
  const fields = ['task', ...(stage.kind === undefined ? [] : ['kind']), ...stage.parents];
  return component({
    name: stage.name,
    description: stage.description,
    input: z.object(Object.fromEntries(fields.map((field) => [field, z.string()]))),
    output: z.object({ [stage.field]: z.string() }),
    configuration: Object.fromEntries(
      Object.entries(stage.settings).map(([name, setting]) => [name, setting.variable]),
    ) as Variables,
    ...(stage.kind === undefined ? {} : { when: (inputs) => inputs['kind'] === stage.kind }),
    captures: { system: systemName, seed: law.seed, noise: law.noise },
    run: (fieldsRead, { configuration, sample }: RunContext) => {
      const inputs = fieldsRead as Record<string, string>;
      const { task = '' } = inputs;
      const settings = configuration as unknown as ComponentConfiguration;
      const parents = stage.parents.map((field) => readText(inputs[field] ?? '', task));
      const { strength, style } = abilityOf(stage, settings);
      const fresh = randomStream(sample.seed, 'synthetic', stage.name);
      const clauses = readTask(task).map((_, facet) => {
        const draw = (attribute: Attribute): boolean => {
          const bits = parents.map((text) => text[facet]?.[attribute] ?? false);
          const average = stage.probability(attribute, bits, strength, style);
          const probability = taskProbability(average, law.difficulty(stage, task), law.noise);
          return fresh.uniform() < flattened(probability, sample.temperature);
        };
        return { wording: draw('wording'), grounding: draw('grounding') };
      });
      const varied = law.noise > 0 || (sample.temperature ?? 0) > 0;
      const words = varied ? fresh : randomStream(law.seed, 'words', stage.name, task);
      return { [stage.field]: writeText(stage.field, task, clauses, words) };
    },
  });
}

/** The metric: the weighted share of good attributes over the answer's clauses, with feedback on the bad ones. */
function grade(answer: string, task: string): MetricResult {
  const clauses = readText(answer, task);
  const share = (attribute: Attribute): number => mean(clauses.map((clause) => Number(clause[attribute])));
  const subScores = { wording: share('wording'), grounding: share('grounding') };
  const faults = readTask(task).flatMap(({ facet, name }, index) => [
    ...(clauses[index]?.wording ? [] : [`the ${facet} is left vague`]),
    ...(clauses[index]?.grounding ? [] : [`the ${facet} is not about ${name}`]),
  ]);
  const score = attributes.reduce((sum, attribute) => sum + attributeWeights[attribute] * subScores[attribute], 0);
  return { score, subScores, feedback: faults.length === 0 ? 'all clauses are good' : faults.join('; ') };
}

function withStrategies(stage: Stage, seed: number, count: number): Stage {
  const strategy = strategySetting(seed, stage.name, count, stage.styles ?? ['strategy']);
  return { ...stage, settings: { strategy }, base: { wording: 0, grounding: 0 } };
}

/** A text without a fault, worded by chance but always alike for the same task. */
export function perfectText(noun: string, task: string): string {
  const good: Clause = { wording: true, grounding: true };
  return writeText(
    noun,
    task,
    readTask(task).map(() => good),
    randomStream(0, 'perfect', noun, task),
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
