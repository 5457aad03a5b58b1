import type { RandomStream } from '../random/stream';
import { moveText } from '../run/move-text';
import type { ComponentPair } from '../system/joint-pairs';
import { leftAfterRejection } from './expected-gain';
import { mean } from './moments';

/**
 * `uniform`: the paper's; `softmax`: of the expected gains; `gain-per-cost`: the largest expected gain per cost, mostly;
 * `cheapest-first`: waiting are components that were never tried and those that were rejected before another's update was
 * accepted (they were judged in a system that is no more). The cheapest try among them is next; ties go to the one that is
 * earlier in the graph, because what a component is tuned to depends on what reaches it. Where none waits, as `gain-per-cost`.
 */
export const schedules = ['uniform', 'softmax', 'gain-per-cost', 'cheapest-first'] as const;
export type Schedule = (typeof schedules)[number];

/** What the schedule knows of one thing that it may choose. */
interface ScheduledMove {
  /**
   * Expected gain in score of its next try, measured by rollouts on its newest preference data, less what it has gained since;
   * absent: unknown.
   */
  expectedGain?: number | undefined;
  /** Rejected tries since its last accepted one, which a known gain was halved by; default 0. */
  rejections?: number | undefined;
  /** In any one unit (component calls, tokens, US dollars). */
  costPerTry: number;
  /** Iterations; absent or null: never. */
  lastTried?: number | null | undefined;
  lastAccepted?: number | null | undefined;
}

/** One component with something to tune. Only what changed it alone counts as a try. */
export interface ScheduledComponent extends ScheduledMove {
  name: string;
  tries: number;
}

/** Two components that may be changed together. */
export interface ScheduledPair extends ScheduledMove, ComponentPair {}

export interface ComponentChoice {
  component: string;
  /** The component that is changed together with it: a joint move. */
  partner?: string;
  reason: string;
  /** component, or pair (`moveText`), -> probability with which it was drawn; they sum to 1. */
  probabilities: Record<string, number>;
}

/** A component or a pair, with its name for people. */
interface Arm extends ScheduledMove {
  name: string;
  component: string;
  partner?: string;
}

/** Share of tries that the informed schedules spread evenly, so that no estimate can starve a component. */
const exploration = 0.2;

/**
 * Chooses what an iteration changes. Every component is tried once before any is tried again (what is known of an untried
 * one may be from before the others' updates; exception: `cheapest-first`). Pairs stand beside single components while coordinate
 * steps stall: every component was tried at least once, none waits, and the latest iteration was rejected; and of them those
 * whose components were both rejected when they were last tried alone. What was just rejected,
 * component or pair, rests for one iteration where another is left to try. When only as many tries are left before the run ends
 * for want of an acceptance as there are pairs that were not tried since the last one, those pairs have their turn.
 *
 * @throws RangeError for no components, or a cost or gain that is not a finite number.
 */
export function chooseComponent(options: {
  schedule?: Schedule;
  /** For `cheapest-first` in the order of the graph; otherwise their order does not matter. */
  components: readonly ScheduledComponent[];
  /** Default: none, only single components are changed. */
  pairs?: readonly ScheduledPair[];
  /** Iterations since the last acceptance, all rejected; default 0. */
  rejectedInARow?: number;
  /** So many of them end the run (`settledAfter`); default: never. */
  settledAfter?: number;
  iteration: number;
  stream: RandomStream;
}): ComponentChoice {
  const { schedule = 'gain-per-cost', pairs = [], rejectedInARow = 0, iteration, stream } = options;
  if (options.components.length === 0) throw new RangeError('chooseComponent: no component has anything to tune');
  const components = options.components.map((item): Arm & ScheduledComponent => ({ ...item, component: item.name }));
  const joint = pairs.map((item): Arm => ({ ...item, name: moveText(item) }));
  const arms: Arm[] = [...components.toSorted(byName), ...joint.toSorted(byName)];
  arms.forEach(checkArm);

  const cheapestFirst = schedule === 'cheapest-first';
  const outdated = (item: Arm): boolean => cheapestFirst && wasRejectedBeforeAnUpdate(item, components);
  const waiting = components.filter((item) => item.tries === 0 || outdated(item));
  // The sort is stable: of equals the one that is listed first.
  const next: Arm[] = cheapestFirst ? waiting.toSorted((a, b) => a.costPerTry - b.costPerTry).slice(0, 1) : waiting;
  const stalled = waiting.length === 0 && rejectedInARow > 0;
  const untried = joint.filter((pair) => (pair.lastTried ?? -1) < iteration - rejectedInARow);
  const last = stalled && untried.length > 0 && (options.settledAfter ?? Infinity) - rejectedInARow <= untried.length;
  const exhausted = new Set(components.filter(wasRejected).map((item) => item.name));
  const beside = joint.filter(
    (pair) => stalled && exhausted.has(pair.component) && pair.partner !== undefined && exhausted.has(pair.partner),
  );
  const among = next.length > 0 ? next : last ? untried : [...components, ...beside];
  const due = arms.filter((item) => among.includes(item));
  const rested = due.filter((item) => !justRejected(item, iteration));
  const eligible = rested.length > 0 ? rested : due;
  const weights = weightsOf(schedule, eligible);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const probabilities = Object.fromEntries(arms.map((item) => [item.name, 0]));
  eligible.forEach((item, index) => (probabilities[item.name] = (weights[index] as number) / total));

  const chosen = draw(eligible, probabilities, stream);
  const chance = `${Math.round(100 * (probabilities[chosen.name] as number))} %`;
  const resting = due.filter((item) => !eligible.includes(item)).map((item) => item.name);
  const notes = [
    `${schedule}: drawn with probability ${chance} among ${eligible.length} of ${components.length + beside.length}`,
    ...(components.some((item) => item.name === chosen.name && item.tries === 0) ? ['not tried yet'] : []),
    ...(outdated(chosen) ? ["rejected before another's update was accepted"] : []),
    ...(next.length < waiting.length ? ['the cheapest try of those that wait'] : []),
    ...(beside.length > 0 ? ['single steps stall: pairs are tried beside them'] : []),
    ...(last ? ['the turn of pairs not tried since the last acceptance, before the run ends'] : []),
    ...(resting.length > 0 ? [`resting after a rejection: ${resting.join(', ')}`] : []),
    ...(!cheapestFirst && !stalled && due.length < components.length
      ? ['components that were tried wait for untried ones']
      : []),
  ];
  return {
    component: chosen.component,
    ...(chosen.partner !== undefined && { partner: chosen.partner }),
    reason: notes.join('; '),
    probabilities,
  };
}

/**
 * Rejections in a row after which a run has converged: `patience` tries per component, and one of each pair, which
 * `chooseComponent` sees to.
 */
export function settledAfter(patience: number, components: number, pairs: number): number {
  return patience * components + pairs;
}

function byName(a: Arm, b: Arm): number {
  return a.name < b.name ? -1 : 1;
}

/** Its latest try was. */
function wasRejected({ lastTried, lastAccepted }: Arm): boolean {
  return (lastTried ?? null) !== null && lastAccepted !== lastTried;
}

function wasRejectedBeforeAnUpdate(item: Arm, components: readonly Arm[]): boolean {
  return wasRejected(item) && lastTriedBeforeAnUpdate(item, components);
}

/** Whether another component was changed in its latest try or since: what was measured before is of a system that is no more. */
export function lastTriedBeforeAnUpdate(
  { name, lastTried }: Pick<Arm, 'name' | 'lastTried'>,
  components: readonly Pick<Arm, 'name' | 'lastAccepted'>[],
): boolean {
  const tried = lastTried ?? -1;
  return components.some((other) => other.name !== name && (other.lastAccepted ?? -Infinity) >= tried);
}

function checkArm(item: Arm): void {
  for (const [field, value] of Object.entries({ costPerTry: item.costPerTry, expectedGain: item.expectedGain ?? 0 })) {
    if (!Number.isFinite(value)) {
      throw new RangeError(`chooseComponent: component '${item.name}': ${field} is ${value}; expected a finite number`);
    }
  }
}

function justRejected(item: Arm, iteration: number): boolean {
  return item.lastTried === iteration - 1 && wasRejected(item);
}

function weightsOf(schedule: Schedule, arms: readonly Arm[]): number[] {
  const even = arms.map(() => 1 / arms.length);
  if (schedule === 'uniform') return even;
  const gains = expectedGains(arms);
  const raw = schedule === 'softmax' ? softmax(gains) : perCost(gains, arms);
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return even;
  return raw.map((weight, index) => (1 - exploration) * (weight / total) + exploration * (even[index] as number));
}

/**
 * Gains of at least 0. Where a gain is unknown, the mean of what the known ones were before rejections stands in, halved by the
 * arm's own rejections: one that fails again and again gives way also where nothing is known of any.
 */
function expectedGains(arms: readonly Arm[]): number[] {
  const left = ({ rejections = 0 }: Arm): number => leftAfterRejection ** rejections;
  const known = arms.flatMap((item) => (item.expectedGain === undefined ? [] : [item.expectedGain / left(item)]));
  const fallback = known.length > 0 ? mean(known) : 1;
  return arms.map((item) => Math.max(0, item.expectedGain ?? fallback * left(item)));
}

/** The temperature is the mean gain, so that the units of the score do not matter. */
function softmax(gains: readonly number[]): number[] {
  const temperature = mean(gains) || 1;
  const highest = Math.max(...gains);
  return gains.map((gain) => Math.exp((gain - highest) / temperature));
}

/** 1 for the component with the largest gain per cost, 0 for the others: exploration gives those their share. */
function perCost(gains: readonly number[], arms: readonly Arm[]): number[] {
  const positive = arms.map((item) => item.costPerTry).filter((cost) => cost > 0);
  // A try that seems free (all memo hits so far) is taken to cost what the cheapest one does.
  const cheapest = positive.length > 0 ? Math.min(...positive) : 1;
  const rates = gains.map((gain, index) => gain / Math.max(cheapest, (arms[index] as Arm).costPerTry));
  const best = Math.max(...rates);
  return rates.map((rate) => (rate === best && best > 0 ? 1 : 0));
}

function draw(eligible: readonly Arm[], probabilities: Record<string, number>, stream: RandomStream): Arm {
  let left = stream.uniform();
  for (const item of eligible) {
    left -= probabilities[item.name] as number;
    if (left < 0) return item;
  }
  return eligible[eligible.length - 1] as Arm;
}
