/** What a run may spend. An absent member is unlimited. */
export interface Budget {
  /** Language-model and embedding calls. */
  calls?: number;
  /** Prompt and completion tokens together. */
  tokens?: number;
  /** US dollars. */
  usd?: number;
  /** Milliseconds during which the run is not paused. */
  wallClockMs?: number;
  /** Share of any limit (before the final test: of what is not kept for it), between 0 and 1, at which the run pauses once and tells what was spent. */
  pauseAt?: number;
}

/** The limits in force for a step of a run. */
export interface Limits extends Budget {
  /** Amounts at which the run pauses, as long as it has not done so. */
  pauseAbove?: Pick<Budget, LimitName>;
}

/** What has been spent, or what something is expected to cost. */
export interface Spend {
  calls: number;
  tokens: number;
  usd: number;
}

export const limitNames = ['calls', 'tokens', 'usd', 'wallClockMs'] as const;
export type LimitName = (typeof limitNames)[number];

/** The budget left for everything before the final test, which `reserve` is kept for. */
export function withoutReserve(budget: Budget, reserve: Spend & { wallClockMs: number }): Budget {
  return mapLimits(budget, (limit, name) => Math.max(0, limit - reserve[name]));
}

/** The amounts at which a run with these limits pauses; undefined without `pauseAt`. */
export function pauseThresholds(
  budget: Pick<Budget, LimitName> & { pauseAt?: number | undefined },
): Pick<Budget, LimitName> | undefined {
  const { pauseAt } = budget;
  return pauseAt === undefined ? undefined : mapLimits(budget, (limit) => limit * pauseAt);
}

/** Which limit `next` does not fit in any more, in words; undefined while it fits in each. */
export function exhausted(limits: Budget, spend: Spend, next: Spend): string | undefined {
  const over = (name: keyof Spend): boolean => spend[name] + next[name] > (limits[name] ?? Infinity);
  if (over('calls')) return `${spend.calls} of ${limits.calls} calls are made`;
  if (over('tokens')) {
    const more = spend.tokens >= (limits.tokens ?? 0) ? '' : `, and the next call may take ${next.tokens}`;
    return `${spend.tokens} of ${limits.tokens} tokens are used${more}`;
  }
  if (over('usd')) {
    const limit = limits.usd ?? 0;
    const more = spend.usd >= limit ? '' : `, and the next call may cost ${next.usd.toFixed(4)}`;
    return `${spend.usd.toFixed(4)} of ${limit.toFixed(4)} US dollars are spent${more}`;
  }
  return undefined;
}

/** The first amount of `pauseAbove` that is reached; undefined below all of them. */
export function thresholdReached(pauseAbove: Budget | undefined, spend: Spend): keyof Spend | undefined {
  return (['calls', 'tokens', 'usd'] as const).find((name) => spend[name] >= (pauseAbove?.[name] ?? Infinity));
}

/** What was spent, in words. */
export function spendText({ calls, tokens, usd }: Spend): string {
  return `${calls} calls, ${tokens} tokens and ${usd.toFixed(4)} US dollars`;
}

function mapLimits(
  budget: Pick<Budget, LimitName>,
  change: (limit: number, name: LimitName) => number,
): Pick<Budget, LimitName> {
  const changed: Pick<Budget, LimitName> = {};
  for (const name of limitNames) {
    const limit = budget[name];
    if (limit !== undefined) changed[name] = change(limit, name);
  }
  return changed;
}
