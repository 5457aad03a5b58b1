/**
 * Milliseconds to wait, from `retry-after-ms` or `Retry-After` (seconds or an HTTP date); undefined when neither is
 * usable. A date is compared with the reply's own `Date` where it has one: the clocks of two machines may be apart.
 */
export function retryAfterMs(headers: Headers | undefined, now: number): number | undefined {
  const milliseconds = nonNegative(headers?.get('retry-after-ms'));
  if (milliseconds !== undefined) return milliseconds;
  const value = headers?.get('retry-after');
  const seconds = nonNegative(value);
  if (seconds !== undefined) return seconds * 1000;
  // The parser takes `-3` for a date in March; every HTTP date has letters.
  const date = value && /[a-z]/i.test(value) ? Date.parse(value) : NaN;
  const sentAt = Date.parse(headers?.get('date') ?? '');
  return Number.isNaN(date) ? undefined : Math.max(0, date - (Number.isNaN(sentAt) ? now : sentAt));
}

function nonNegative(text: string | null | undefined): number | undefined {
  return text && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}
