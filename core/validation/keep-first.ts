/** Measurements by what was measured, and example id. */
export type MeasuredGains = Map<string, ReadonlyMap<string, number>>;

/** Adds what is known of examples that were not known: each counts as it was measured first. Nothing at all leaves it out. */
export function keepFirst(
  measured: MeasuredGains,
  candidate: string,
  gains: ReadonlyMap<string, number> | undefined,
): void {
  if (gains === undefined || gains.size === 0) return;
  measured.set(candidate, new Map([...gains, ...(measured.get(candidate) ?? [])]));
}
