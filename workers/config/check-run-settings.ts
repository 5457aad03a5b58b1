import type { Budget } from '../../core/run/budget';
import { leastUrgent } from '../../core/run/priority';
import { defaultPlan, type RunPlan } from '../../core/run/plan';
import { builtInOptimizers } from '../../core/search/optimizers/built-in';
import { DefinitionError } from '../../core/system/definition-error';
import { schedules } from '../../core/validation/component-schedule';
import { didYouMean } from '../../providers/language-models';

type Check = { accepts: (value: unknown) => boolean; expected: string };

const whole = (low: number): Check => ({
  accepts: (value) => Number.isSafeInteger(value) && (value as number) >= low,
  expected: `a whole number of at least ${low}`,
});
const between = (low: number, high: number): Check => ({
  accepts: (value) => typeof value === 'number' && value >= low && value <= high,
  expected: `a number from ${low} to ${high}`,
});

const notNegative: Check = {
  accepts: (value) => Number.isFinite(value) && (value as number) >= 0,
  expected: 'a finite number of at least 0',
};

/** Which optimizers a plan may name: the product's and the config's own. */
function optimizersCheck(own: readonly { name: string }[]): Check {
  const names: readonly unknown[] = [...builtInOptimizers, ...own].map(({ name }) => name);
  return {
    accepts: (value) =>
      value === 'all' || (Array.isArray(value) && value.length > 0 && value.every((name) => names.includes(name))),
    expected: `'all', or a list of some of ${names.join(', ')}`,
  };
}

const planChecks: Record<Exclude<keyof RunPlan, 'optimizers'>, Check> = {
  iterations: whole(0),
  preferenceInputs: whole(1),
  adaptationInputs: whole(1),
  candidatesPerInput: whole(1),
  rolloutsPerCandidate: whole(1),
  samplingTemperature: between(0, 2),
  proposals: whole(1),
  promptTrustRegion: between(0, 1),
  rankingInputs: whole(1),
  shortlist: whole(1),
  shortlistInputs: whole(1),
  finalists: whole(1),
  validationExamples: whole(1),
  testExamples: whole(1),
  alpha: {
    accepts: (value) => typeof value === 'number' && value > 0 && value <= 0.5,
    expected: 'a number above 0, at most 0.5',
  },
  minimumEffect: between(0, 1),
  rewards: { accepts: (value) => typeof value === 'boolean', expected: 'true or false' },
  scorePerUsd: notNegative,
  scorePerSecond: notNegative,
  schedule: {
    accepts: (value) => (schedules as readonly unknown[]).includes(value),
    expected: `one of ${schedules.join(', ')}`,
  },
  patience: whole(1),
  simultaneousSteps: { accepts: (value) => typeof value === 'boolean', expected: 'true or false' },
  jointMoves: { accepts: (value) => typeof value === 'boolean', expected: 'true or false' },
  worthwhileGain: notNegative,
};

const limit: Check = {
  accepts: (value) => typeof value === 'number' && value >= 0,
  expected: 'a number of at least 0',
};
const share: Check = {
  accepts: (value) => typeof value === 'number' && value > 0 && value < 1,
  expected: 'a share between 0 and 1, such as 0.8',
};
const budgetChecks: Record<keyof Budget, Check> = {
  calls: limit,
  tokens: limit,
  usd: limit,
  wallClockMs: limit,
  pauseAt: share,
};

/** @throws DefinitionError naming the number of the plan that is unknown or out of range. `where` begins the message. */
export function checkPlan(
  where: string,
  plan: unknown,
  ownOptimizers: readonly { name: string }[] = [],
): asserts plan is Partial<RunPlan> {
  checkMembers(where, plan, { ...planChecks, optimizers: optimizersCheck(ownOptimizers) });
}

/** @throws DefinitionError naming the limit that is unknown or negative. `where` begins the message. */
export function checkBudget(where: string, budget: unknown): asserts budget is Budget {
  checkMembers(where, budget, budgetChecks);
}

/** @throws DefinitionError for a priority that is not 1 to 5. `where` begins the message. */
export function checkPriority(where: string, priority: unknown): asserts priority is number | undefined {
  if (priority === undefined || (whole(1).accepts(priority) && (priority as number) <= leastUrgent)) return;
  throw new DefinitionError(`${where} must be a whole number from 1 (first) to ${leastUrgent} (last)`);
}

/** @throws DefinitionError for something that is no object, or has a member that is unknown or unacceptable. */
export function checkMembers(where: string, value: unknown, checks: Readonly<Record<string, Check>>): void {
  const known = Object.keys(checks);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DefinitionError(`${where} must be an object with some of ${known.join(', ')}`);
  }
  for (const [name, member] of Object.entries(value)) {
    const check = checks[name];
    if (check === undefined) {
      throw new DefinitionError(
        `${where} has no setting '${name}'${didYouMean(name, known) || `; known ones: ${known.join(', ')}`}`,
      );
    }
    if (member !== undefined && !check.accepts(member)) {
      throw new DefinitionError(`${where}.${name} must be ${check.expected}, not ${shown(member)}`);
    }
  }
}

/** The plan of a run: the product's numbers, those of `config.optimization`, then the run's own. @throws DefinitionError */
export function planOf(
  config: Partial<RunPlan> | undefined,
  own: Partial<RunPlan> | undefined,
  ownOptimizers: readonly { name: string }[] = [],
): RunPlan {
  checkPlan('plan', own ?? {}, ownOptimizers);
  const plan = { ...defaultPlan, ...withoutAbsent(config), ...withoutAbsent(own) };
  if (plan.finalists > plan.shortlist) {
    throw new DefinitionError(
      `the plan has ${plan.finalists} finalists, but they come from a shortlist of ${plan.shortlist}: raise shortlist or lower finalists`,
    );
  }
  if (!plan.rewards && plan.worthwhileGain > 0) {
    throw new DefinitionError(
      `the plan has worthwhileGain ${plan.worthwhileGain} without rewards: expected gains come from the preference data that rewards are fitted on; set worthwhileGain to 0 or rewards to true`,
    );
  }
  return plan;
}

/** The limits of a run: those of `config.budget`, then the run's own, of which infinite ones lift one. @throws DefinitionError */
export function budgetOf(config: Budget | undefined, own: Budget | undefined): Budget {
  checkBudget('budget', own ?? {});
  const limits = Object.entries({ ...withoutAbsent(config), ...withoutAbsent(own) });
  return Object.fromEntries(limits.filter(([, value]) => Number.isFinite(value))); // JSON carries no infinity.
}

/** Without the members that are there but undefined. */
export function withoutAbsent<T extends object>(value: T | undefined): Partial<T> {
  return Object.fromEntries(Object.entries(value ?? {}).filter(([, member]) => member !== undefined)) as Partial<T>;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : typeof value === 'number' ? String(value) : JSON.stringify(value);
}
