import type { RandomStream } from '../random/stream';
import { configurationHash, type ComponentConfiguration } from '../system/configuration';
import type { Json } from '../system/json';
import type { Demonstration, ModelVariable } from '../system/variable';
import type { PastProposal } from './past-proposal';
import { asSetting, partHash, promptIn } from './prompt-standings';
import { propose, proposalHash, type Incumbent, type Proposal } from './proposal';
import { coordinateOf, type Dimension } from './search-space';
import { standings } from './standings';
import { promise, type TpeObservation } from './tpe';

export interface JointOptions {
  incumbent: Incumbent;
  /** Which prompt variable. */
  variable: string;
  /** Instructions to choose from; the incumbent's are added. */
  instructions: readonly string[];
  /** Sets of demonstrations to choose from; the incumbent's is added. */
  sets: readonly (readonly Demonstration[])[];
  /** Oldest first. */
  past: readonly PastProposal[];
  /** Most proposals. */
  count: number;
  stream: RandomStream;
}

/** Every so many proposals one is drawn at random from both pools, whatever was measured. */
const exploreEvery = 4;

/** Most combinations that are looked at. */
const mostPoints = 2_000;

/**
 * Combinations of instructions and sets of demonstrations that were not tried yet, the most promising first by a tree-structured
 * Parzen estimator of what earlier iterations measured, on one scale (MIPROv2: Opsahl-Ong et al. 2024, "Optimizing
 * instructions and demonstrations for multi-stage language model programs"). A model of the component is chosen along where others
 * were measured too. With too few measurements for an estimator, and every fourth time, a combination is drawn at random and the models stay.
 *
 * @throws RangeError where the component has no such prompt.
 */
export function jointPromptProposals(options: JointOptions): Proposal[] {
  const { incumbent, variable, past, count, stream } = options;
  const current = promptIn(incumbent.settings, variable);
  const pools = {
    instructions: distinctBy([current.instructions, ...options.instructions], (item) => item),
    sets: distinctBy([current.demonstrations, ...options.sets], setHash),
  };
  const tried = standings(past, {
    incumbent: incumbent.settings,
    partOf: (settings) => configurationHash(settings),
    isPure: () => true,
  });
  // Where only one model was measured the estimator would take every other one for promising.
  const modelNames = Object.keys(incumbent.variables).filter(
    (name) =>
      incumbent.variables[name]?.type === 'model' &&
      tried.some(({ settings }) => settings[name] !== incumbent.settings[name]),
  );
  const dimensions = [
    categorical('instructions', pools.instructions),
    categorical('demonstrations', pools.sets.map(setHash)),
    ...modelNames.map((name) => categorical(name, (incumbent.variables[name] as ModelVariable).models)),
  ];
  const categoriesOf = (settings: ComponentConfiguration): Json[] => [
    promptIn(settings, variable).instructions,
    partHash(promptIn(settings, variable), 'demonstrations'),
    ...modelNames.map((name) => settings[name] as Json),
  ];
  const observations = [
    { settings: incumbent.settings, gain: 0 },
    ...tried.filter(({ settings }) => categoriesOf(settings).every((value, index) => holds(dimensions[index], value))),
  ].map(({ settings, gain }): TpeObservation => ({
    point: categoriesOf(settings).map((value, index) => coordinateOf(dimensions[index] as Dimension, value)),
    value: gain,
  }));

  const seen = new Set([...tried.map(({ part }) => part), configurationHash(incumbent.settings)]);
  const isNew = (proposal: Proposal | undefined): proposal is Proposal =>
    proposal !== undefined && !seen.has(proposalHash(proposal));
  const drawn = stream
    .shuffle(product([pools.instructions, pools.sets.map(setHash)]))
    .map((values) => proposed(values, 'drawn at random'));
  const points = stream.sample(product(dimensions.map(({ variable: { values } }) => values)), mostPoints);
  const promises = promise({
    dimensions,
    observations,
    points: points.map((values) => values.map((value, index) => coordinateOf(dimensions[index] as Dimension, value))),
  });
  const suggested = (promises === undefined ? [] : byValue(points, promises)).map((values) =>
    proposed(values, `suggested by ${observations.length} measured combinations`),
  );
  const proposals: Proposal[] = [];
  while (proposals.length < count) {
    const explore = proposals.length % exploreEvery === exploreEvery - 1;
    const next = (explore ? [drawn, suggested] : [suggested, drawn]).flatMap((queue) => queue.find(isNew) ?? [])[0];
    if (next === undefined) break;
    seen.add(proposalHash(next));
    proposals.push(next);
  }
  return proposals;

  /** @param values instructions, hash of the set, and, where given, the models. */
  function proposed([instructions, set, ...models]: readonly Json[], note: string): Proposal | undefined {
    const demonstrations = pools.sets.find((item) => setHash(item) === set) ?? [];
    const value = { instructions: instructions as string, demonstrations: [...demonstrations] };
    const named = Object.fromEntries(models.map((model, index) => [modelNames[index] as string, model]));
    const values = { ...named, [variable]: asSetting(value) };
    return propose(incumbent, values, { origin: 'instructions-and-demonstrations', note });
  }
}

function setHash(demonstrations: readonly Demonstration[]): string {
  return partHash({ instructions: '', demonstrations: [...demonstrations] }, 'demonstrations');
}

/** The first of each key, in order. */
function distinctBy<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return [...new Map([...items].reverse().map((item) => [keyOf(item), item])).values()].reverse();
}

function categorical(name: string, values: readonly string[]): Extract<Dimension, { type: 'categorical' }> {
  const variable = { type: 'oneOf' as const, values, initial: values[0] as string };
  return { name, type: 'categorical', variable, categories: values.length };
}

function holds(dimension: Dimension | undefined, value: Json): boolean {
  return dimension?.type === 'categorical' && dimension.variable.values.includes(value);
}

/** All combinations of one value of each list. */
function product(lists: readonly (readonly Json[])[]): Json[][] {
  return lists.reduce<Json[][]>(
    (points, values) => points.flatMap((point) => values.map((value) => [...point, value])),
    [[]],
  );
}

/** Largest value first. */
function byValue<T>(items: readonly T[], values: readonly number[]): T[] {
  return [...items.keys()]
    .sort((a, b) => (values[b] as number) - (values[a] as number))
    .map((index) => items[index] as T);
}
