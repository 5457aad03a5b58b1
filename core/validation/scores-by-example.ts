/** Scores keyed by example id. */
export type ScoresByExample = ReadonlyMap<string, number> | Readonly<Record<string, number>>;

export interface PairedDifferences {
  /** Sorted, so that nothing downstream depends on completion order. */
  ids: string[];
  before: number[];
  after: number[];
  /** `after - before`, in the order of `ids`. */
  differences: number[];
}

/**
 * Pairs two measurements by example id.
 *
 * @throws RangeError when the two were not measured on the same examples (naming those missing), for no examples, or
 * for a score that is not a finite number.
 */
export function pairByExample(before: ScoresByExample, after: ScoresByExample): PairedDifferences {
  const [old, now] = [asMap(before), asMap(after)];
  const faults = [missing('before', old, now), missing('after', now, old)].filter((fault) => fault !== undefined);
  if (faults.length > 0) {
    throw new RangeError(
      `pairByExample: the two sides were scored on different examples: ${faults.join('; ')}. Score both on the same ones; a failed example scores the metric's floor`,
    );
  }
  if (old.size === 0) throw new RangeError('pairByExample: there are no examples; score at least one');
  const ids = [...old.keys()].sort(byCodeUnit);
  const [first, second] = [scoresOf('before', ids, old), scoresOf('after', ids, now)];
  return {
    ids,
    before: first,
    after: second,
    differences: ids.map((_, index) => (second[index] as number) - (first[index] as number)),
  };
}

/** The same on the examples that both were measured on; undefined where there is none. */
export function pairOnShared(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): PairedDifferences | undefined {
  const shared = (scores: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>) =>
    new Map([...scores].filter(([id]) => other.has(id)));
  const both = shared(after, before);
  return both.size === 0 ? undefined : pairByExample(shared(before, after), both);
}

function asMap(scores: ScoresByExample): ReadonlyMap<string, number> {
  return scores instanceof Map ? scores : new Map(Object.entries(scores));
}

function missing(
  side: string,
  scores: ReadonlyMap<string, number>,
  other: ReadonlyMap<string, number>,
): string | undefined {
  const ids = [...other.keys()].filter((id) => !scores.has(id)).sort(byCodeUnit);
  if (ids.length === 0) return undefined;
  const shown = ids.slice(0, 10).map((id) => `'${id}'`);
  return `'${side}' lacks ${shown.join(', ')}${ids.length > 10 ? ` and ${ids.length - 10} more` : ''}`;
}

function scoresOf(side: string, ids: string[], scores: ReadonlyMap<string, number>): number[] {
  return ids.map((id) => {
    const score = scores.get(id);
    if (score === undefined || !Number.isFinite(score)) {
      throw new RangeError(`pairByExample: '${side}' has the score ${score} for example '${id}'; expected a number`);
    }
    return score;
  });
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
