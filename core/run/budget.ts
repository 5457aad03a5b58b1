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
}

/** What has been spent, or what something is expected to cost. */
export interface Spend {
  calls: number;
  tokens: number;
  usd: number;
}

/** The budget left for everything before the final test, which `reserve` is kept for. */
export function withoutReserve(budget: Budget, reserve: Spend & { wallClockMs: number }): Budget {
  const limits: Budget = {};
  for (const key of ['calls', 'tokens', 'usd', 'wallClockMs'] as const) {
    const limit = budget[key];
    if (limit !== undefined) limits[key] = Math.max(0, limit - reserve[key]);
  }
  return limits;
}

/** Which limit is used up, in words; undefined while there is some of each left. */
export function exhausted(limits: Budget, spend: Spend): string | undefined {
  if (limits.calls !== undefined && spend.calls >= limits.calls)
    return `${spend.calls} of ${limits.calls} calls are made`;
  if (limits.tokens !== undefined && spend.tokens >= limits.tokens) {
    return `${spend.tokens} of ${limits.tokens} tokens are used`;
  }
  if (limits.usd !== undefined && spend.usd >= limits.usd) {
    return `${spend.usd.toFixed(4)} of ${limits.usd.toFixed(4)} US dollars are spent`;
  }
  return undefined;
}
