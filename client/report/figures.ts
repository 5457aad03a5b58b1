/** How figures are written in reports, progress lines and estimates. */

const missing = '-';

/** A score, with three decimals. */
export function scoreText(score: number | null): string {
  return score === null ? missing : score.toFixed(3);
}

/** A difference of scores, signed. */
export function gainText(gain: number): string {
  return `${gain < 0 ? '-' : '+'}${Math.abs(gain).toFixed(3)}`;
}

/** A share, in whole percent. */
export function percentText(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

export function intervalText([low, high]: readonly [number, number], text: (value: number) => string): string {
  return `${text(low)} to ${text(high)}`;
}

export function pText(p: number | null): string {
  if (p === null) return missing;
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
}

/** An iteration's p beside the level that it is compared with: with three digits that count, so that it shows which is larger. */
export function pOfLevelText({ p, level }: { p: number | null; level?: number | undefined }): string {
  if (p === null || level === undefined) return pText(p);
  const [shown, limit] = [p, level].map((value) => Number(value.toPrecision(3)));
  return `p = ${shown} (level ${limit})`;
}

/** A count with thousands separated, the same in every locale. */
export function countText(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

export function countedText(count: number, unit: string): string {
  return `${countText(count)} ${unit}${Math.round(count) === 1 ? '' : 's'}`;
}

/** US dollars: cents, and more digits for less than one. */
export function moneyText(usd: number): string {
  if (usd === 0) return '$0';
  return `$${usd.toFixed(usd < 0.1 ? 4 : 2)}`;
}

/** US dollars of one example: too few for cents. */
export function examplePriceText(usd: number): string {
  return `$${Number(usd.toPrecision(2))}`;
}

/** Seconds of one example's latency. */
export function secondsText(seconds: number): string {
  return `${Number(seconds.toPrecision(2))} s`;
}

/** Milliseconds as `45 s`, `3 min 20 s` or `2 h 5 min`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  if (minutes < 60) return `${Math.round(seconds / 60)} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** Milliseconds since 1970 as UTC, to the second. */
export function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
