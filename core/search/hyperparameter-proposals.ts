import type { RandomStream } from '../random/stream';
import { isActive } from '../system/active-variables';
import { configurationHash, type ComponentConfiguration } from '../system/configuration';
import type { Json } from '../system/json';
import { distinctProposals, propose, proposalHash, type Incumbent, type Proposal } from './proposal';
import { coordinateOf, gridValues, isExhaustible, searchSpace, valueAt, type Dimension } from './search-space';
import { fewestObservations, promise, randomPoint, suggest, type Point, type TpeObservation } from './tpe';

/** What an earlier try of some settings of this component measured; larger is better. */
export interface SettingsObservation {
  settings: ComponentConfiguration;
  value: number;
}

/** Grids of at most this many combinations are proposed whole. */
const gridLimit = 64;

/**
 * Settings of all the component's hyperparameters jointly: the full grid where it has at most 64 combinations, otherwise
 * `count` points of a tree-structured Parzen estimator over past observations, a quarter of them random. The grid comes in
 * the order of that model too, so that a cut keeps what looks best, but half of it are changes of one hyperparameter alone:
 * steps near the incumbent, of which the best are combined later. With too few observations for a model, what was not
 * observed comes first, changes of one alone before others. A grid that leaves values out, of a range or many whole numbers,
 * is where the search begins: once eight of its points were observed, or all, every fourth proposal is a point of the model's,
 * between the grid's.
 *
 * @param options.count most points of the model; a grid always comes whole. Default 16.
 * @throws RangeError for an observation outside the space or with a value that is not a number.
 */
export function hyperparameterProposals(options: {
  incumbent: Incumbent;
  observations?: readonly SettingsObservation[];
  count?: number;
  stream: RandomStream;
}): Proposal[] {
  const { incumbent, observations = [], count = 16, stream } = options;
  const space = searchSpace(incumbent.variables);
  if (space.length === 0) return [];
  const grid = space.map((dimension) => gridValues(dimension, incumbent.settings[dimension.name]));
  const combinations = grid.reduce((product, values) => product * values.length, 1);
  const modelled = (): Proposal[] => tpeProposals(incumbent, space, observations, count, stream);
  if (combinations > gridLimit) return modelled();
  const whole = gridProposals(incumbent, space, grid, observations, stream);
  const begun = isObservedBy(space, observations);
  const enough = Math.min(fewestObservations, whole.length);
  if (space.every(isExhaustible) || whole.filter(begun).length < enough) return whole;
  return distinctProposals(incumbent, eachFourth(whole, modelled()));
}

/** Three of the one, then one of the other, and so on; the rest of the longer one follows. */
function eachFourth(most: readonly Proposal[], between: readonly Proposal[]): Proposal[] {
  const turns = Math.max(Math.ceil(most.length / 3), between.length);
  return Array.from({ length: turns }, (_, turn) => [
    ...most.slice(3 * turn, 3 * turn + 3),
    ...between.slice(turn, turn + 1),
  ]).flat();
}

function gridProposals(
  incumbent: Incumbent,
  space: readonly Dimension[],
  grid: readonly Json[][],
  observations: readonly SettingsObservation[],
  stream: RandomStream,
): Proposal[] {
  let points: Json[][] = [[]];
  for (const values of grid) points = points.flatMap((point) => values.map((value) => [...point, value]));
  const proposals = distinctProposals(
    incumbent,
    points.map((point) => {
      const values = Object.fromEntries(space.map((dimension, index) => [dimension.name, point[index] as Json]));
      return noted(propose(incumbent, values, { origin: 'grid' }));
    }),
  );
  const shuffled = stream.shuffle(proposals);
  const promises = promise({
    dimensions: space,
    observations: pointsOf(space, observations),
    points: shuffled.map(({ settings }) => pointOf(space, settings)),
  });
  return promises === undefined
    ? unobservedFirst(shuffled, isObservedBy(space, observations))
    : mostPromisingFirst(shuffled, promises);
}

/** Of every four: the best of all, the two best that change one hyperparameter alone, and a random one. */
function mostPromisingFirst(shuffled: readonly Proposal[], promises: readonly number[]): Proposal[] {
  const ranked = shuffled.map((proposal, index) => ({ proposal, promise: promises[index] as number }));
  ranked.sort((a, b) => b.promise - a.promise);
  const taken = new Set<Proposal>();
  const next = (queue: readonly Proposal[]): Proposal | undefined => queue.find((item) => !taken.has(item));
  const best = ranked.map((item) => item.proposal);
  const near = best.filter(changesOne);
  const turns = [best, near, near, shuffled];
  while (taken.size < shuffled.length) {
    taken.add(next(turns[taken.size % turns.length] ?? best) ?? (next(best) as Proposal));
  }
  return [...taken];
}

/** Whether a proposal's point was observed. */
function isObservedBy(
  space: readonly Dimension[],
  observations: readonly SettingsObservation[],
): (proposal: Proposal) => boolean {
  const pointKey = (settings: ComponentConfiguration): string => JSON.stringify(pointOf(space, settings));
  const observed = new Set(observations.map(({ settings }) => pointKey(settings)));
  return ({ settings }) => observed.has(pointKey(settings));
}

function unobservedFirst(shuffled: readonly Proposal[], isObserved: (proposal: Proposal) => boolean): Proposal[] {
  const nearFirst = [...shuffled.filter(changesOne), ...shuffled.filter((item) => !changesOne(item))];
  return [...nearFirst.filter((item) => !isObserved(item)), ...nearFirst.filter(isObserved)];
}

const changesOne = ({ changed }: Proposal): boolean => changed.length === 1;

function pointsOf(space: readonly Dimension[], observations: readonly SettingsObservation[]): TpeObservation[] {
  return observations.map(({ settings, value }) => ({ point: pointOf(space, settings), value }));
}

/** Where settings lie in the space; a variable that does not matter under them has no coordinate. */
function pointOf(space: readonly Dimension[], settings: ComponentConfiguration): Point {
  return space.map((dimension) =>
    isActive(dimension.variable, settings) ? coordinateOf(dimension, settings[dimension.name]) : undefined,
  );
}

/** The values at a point; a variable without a coordinate has none. */
function valuesAt(space: readonly Dimension[], point: Point): Record<string, Json> {
  return Object.fromEntries(
    space.flatMap((dimension, index) => {
      const coordinate = point[index];
      return coordinate === undefined ? [] : [[dimension.name, valueAt(dimension, coordinate)]];
    }),
  );
}

function tpeProposals(
  incumbent: Incumbent,
  space: readonly Dimension[],
  observations: readonly SettingsObservation[],
  count: number,
  stream: RandomStream,
): Proposal[] {
  const past = pointsOf(space, observations);
  const active = (point: readonly number[]): Point => {
    const settings = { ...incumbent.settings, ...valuesAt(space, point) };
    return space.map(({ variable }, index) => (isActive(variable, settings) ? point[index] : undefined));
  };
  const seen = new Set(observations.map((item) => configurationHash(item.settings)));
  const proposals: Proposal[] = [];
  // Small or exhausted spaces repeat points: the tries are bounded.
  for (let attempt = 0; attempt < 20 * count && proposals.length < count; attempt++) {
    const explore = attempt % 4 === 3;
    const point = explore
      ? active(randomPoint(space, stream))
      : suggest({ dimensions: space, observations: past, active, stream });
    const values = valuesAt(space, point);
    const proposal = noted(propose(incumbent, values, { origin: 'tpe' }));
    if (proposal === undefined || seen.has(proposalHash(proposal))) continue;
    seen.add(proposalHash(proposal));
    proposals.push(proposal);
  }
  return distinctProposals(incumbent, proposals);
}

/** With what it changes as its note: a value that does not matter under the others stays as it was. */
function noted(proposal: Proposal | undefined): Proposal | undefined {
  if (proposal === undefined) return undefined;
  const { changed, settings } = proposal;
  return {
    ...proposal,
    note: changed.map(({ variable }) => `${variable} = ${JSON.stringify(settings[variable])}`).join(', '),
  };
}
