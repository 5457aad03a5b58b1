import { mean } from './moments';
import type { RandomStream } from '../random/stream';

/**
 * `uniform`: the paper's; `softmax`: of the expected gains; `gain-per-cost`: the largest expected gain per cost, mostly;
 * `cheapest-first`: waiting are components that were never tried and those that were rejected before another's update was
 * accepted (they were judged in a system that is no more). The cheapest try among them is next; ties go to the one that is
 * earlier in the graph, because what a component is tuned to depends on what reaches it. Where none waits, as `gain-per-cost`.
 */
export const schedules = ['uniform', 'softmax', 'gain-per-cost', 'cheapest-first'] as const;
export type Schedule = (typeof schedules)[number];

/** What the schedule knows of one component with something to tune. */
export interface ScheduledComponent {
  name: string;
  /** Expected gain in score of its next try, measured by rollouts and refreshed each iteration; absent: unknown. */
  expectedGain?: number | undefined;
  /** In any one unit (component calls, tokens, US dollars). */
  costPerTry: number;
  tries: number;
  /** Iterations; absent or null: never. */
  lastTried?: number | null | undefined;
  lastAccepted?: number | null | undefined;
}

export interface ComponentChoice {
  component: string;
  reason: string;
  /** component -> probability with which it was drawn; they sum to 1. */
  probabilities: Record<string, number>;
}

/** Share of tries that the informed schedules spread evenly, so that no estimate can starve a component. */
const exploration = 0.2;

/**
 * Chooses the component of an iteration. Every component is tried once before any is tried again (what is known of an untried
 * one may be from before the others' updates; exception: `cheapest-first`), and a component whose update was just rejected
 * rests for one iteration where another is left to try.
 *
 * @throws RangeError for no components, or a cost or gain that is not a finite number.
 */
export function chooseComponent(options: {
  schedule?: Schedule;
  /** For `cheapest-first` in the order of the graph; otherwise their order does not matter. */
  components: readonly ScheduledComponent[];
  iteration: number;
  stream: RandomStream;
}): ComponentChoice {
  const { schedule = 'gain-per-cost', iteration, stream } = options;
  if (options.components.length === 0) throw new RangeError('chooseComponent: no component has anything to tune');
  options.components.forEach(checkComponent);
  const components = [...options.components].sort((a, b) => (a.name < b.name ? -1 : 1));

  const cheapestFirst = schedule === 'cheapest-first';
  const outdated = (item: ScheduledComponent): boolean => cheapestFirst && wasRejectedBeforeAnUpdate(item, components);
  const waiting = options.components.filter((item) => item.tries === 0 || outdated(item));
  // The sort is stable: of equals the one that is listed first.
  const next = cheapestFirst ? waiting.toSorted((a, b) => a.costPerTry - b.costPerTry).slice(0, 1) : waiting;
  const due = next.length > 0 ? components.filter((item) => next.includes(item)) : components;
  const rested = due.filter((item) => !justRejected(item, iteration));
  const eligible = rested.length > 0 ? rested : due;
  const weights = weightsOf(schedule, eligible);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const probabilities = Object.fromEntries(components.map((item) => [item.name, 0]));
  eligible.forEach((item, index) => (probabilities[item.name] = (weights[index] as number) / total));

  const chosen = draw(eligible, probabilities, stream);
  const chance = `${Math.round(100 * (probabilities[chosen.name] as number))} %`;
  const resting = components.filter((item) => due.includes(item) && !eligible.includes(item)).map((item) => item.name);
  const notes = [
    `${schedule}: drawn with probability ${chance} among ${eligible.length} of ${components.length}`,
    ...(chosen.tries === 0 ? ['not tried yet'] : []),
    ...(outdated(chosen) ? ["rejected before another's update was accepted"] : []),
    ...(next.length < waiting.length ? ['the cheapest try of those that wait'] : []),
    ...(resting.length > 0 ? [`resting after a rejection: ${resting.join(', ')}`] : []),
    ...(!cheapestFirst && due.length < components.length ? ['components that were tried wait for untried ones'] : []),
  ];
  return { component: chosen.name, reason: notes.join('; '), probabilities };
}

function wasRejectedBeforeAnUpdate(item: ScheduledComponent, components: readonly ScheduledComponent[]): boolean {
  const tried = item.lastTried ?? null;
  if (tried === null || item.lastAccepted === tried) return false;
  return components.some((other) => other !== item && (other.lastAccepted ?? -Infinity) > tried);
}

function checkComponent(item: ScheduledComponent): void {
  for (const [field, value] of Object.entries({ costPerTry: item.costPerTry, expectedGain: item.expectedGain ?? 0 })) {
    if (!Number.isFinite(value)) {
      throw new RangeError(`chooseComponent: component '${item.name}': ${field} is ${value}; expected a finite number`);
    }
  }
}

function justRejected(item: ScheduledComponent, iteration: number): boolean {
  return (item.lastTried ?? null) !== null && item.lastTried === iteration - 1 && item.lastAccepted !== item.lastTried;
}

function weightsOf(schedule: Schedule, components: readonly ScheduledComponent[]): number[] {
  const even = components.map(() => 1 / components.length);
  if (schedule === 'uniform') return even;
  const gains = expectedGains(components);
  const raw = schedule === 'softmax' ? softmax(gains) : perCost(gains, components);
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return even;
  return raw.map((weight, index) => (1 - exploration) * (weight / total) + exploration * (even[index] as number));
}

/** Gains of at least 0. Where a gain is unknown, the mean of the known ones stands in. */
function expectedGains(components: readonly ScheduledComponent[]): number[] {
  const known = components.flatMap((item) => item.expectedGain ?? []);
  const fallback = known.length > 0 ? mean(known) : 1;
  return components.map((item) => Math.max(0, item.expectedGain ?? fallback));
}

/** The temperature is the mean gain, so that the units of the score do not matter. */
function softmax(gains: readonly number[]): number[] {
  const temperature = mean(gains) || 1;
  const highest = Math.max(...gains);
  return gains.map((gain) => Math.exp((gain - highest) / temperature));
}

/** 1 for the component with the largest gain per cost, 0 for the others: exploration gives those their share. */
function perCost(gains: readonly number[], components: readonly ScheduledComponent[]): number[] {
  const positive = components.map((item) => item.costPerTry).filter((cost) => cost > 0);
  // A try that seems free (all memo hits so far) is taken to cost what the cheapest one does.
  const cheapest = positive.length > 0 ? Math.min(...positive) : 1;
  const rates = gains.map(
    (gain, index) => gain / Math.max(cheapest, (components[index] as ScheduledComponent).costPerTry),
  );
  const best = Math.max(...rates);
  return rates.map((rate) => (rate === best && best > 0 ? 1 : 0));
}

function draw(
  eligible: readonly ScheduledComponent[],
  probabilities: Record<string, number>,
  stream: RandomStream,
): ScheduledComponent {
  let left = stream.uniform();
  for (const item of eligible) {
    left -= probabilities[item.name] as number;
    if (left < 0) return item;
  }
  return eligible[eligible.length - 1] as ScheduledComponent;
}
