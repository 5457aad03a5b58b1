import MiniSearch from 'minisearch';

export type RetrievalMode = 'bm25' | 'dense' | 'hybrid';

/** Turns texts into vectors, one per text in the order of `texts`: `[texts.length, dimension]`. */
export type Encode = (texts: readonly string[], signal?: AbortSignal) => Promise<readonly ArrayLike<number>[]>;

export interface RetrievalSettings {
  /** How many passages. */
  k: number;
  mode: RetrievalMode;
  /** Weight of the dense score in hybrid mode, in [0, 1]. */
  blend: number;
}

/**
 * The search over a fixed list of passages: BM25+ (MiniSearch), cosine similarity of embeddings, or their weighted sum,
 * each score scaled to [0, 1] over the passages. Passages are embedded at the first query that needs it.
 */
export function passageIndex(passages: readonly string[], encode: Encode) {
  const lexical = new MiniSearch({ fields: ['text'], processTerm: plainTerm });
  lexical.addAll(passages.map((text, id) => ({ id, text })));
  let embedded: Promise<Float64Array[]> | undefined;

  /** Not tied to the caller's signal: other calls wait for the same embeddings. A failure is forgotten, so a later call tries again. */
  function embeddedPassages(): Promise<Float64Array[]> {
    embedded ??= encode(passages)
      .then((vectors) => vectors.map(unit))
      .catch((error: unknown) => {
        embedded = undefined;
        throw error;
      });
    return embedded;
  }

  function lexicalScores(query: string): Float64Array {
    const scores = new Float64Array(passages.length);
    for (const result of lexical.search(query)) scores[result.id as number] = result.score;
    return scaled(scores);
  }

  async function denseScores(query: string, signal?: AbortSignal): Promise<Float64Array> {
    const [rows, [vector]] = await Promise.all([embeddedPassages(), encode([query], signal)]);
    if (vector === undefined) throw new Error('the encoder gave no vector for the query; it must give one per text');
    const direction = unit(vector);
    return scaled(Float64Array.from(rows, (row) => dot(row, direction)));
  }

  /** Positions of the k best passages in the list, best first; passages with equal scores keep their order. */
  async function rank(query: string, settings: RetrievalSettings, signal?: AbortSignal): Promise<number[]> {
    const { k, mode, blend } = settings;
    const weight = mode === 'bm25' ? 0 : mode === 'dense' ? 1 : blend;
    const words = weight < 1 ? lexicalScores(query) : undefined;
    const meaning = weight > 0 ? await denseScores(query, signal) : undefined;
    const score = (at: number) => (1 - weight) * (words?.[at] ?? 0) + weight * (meaning?.[at] ?? 0);
    return passages
      .map((_, at) => ({ at, score: score(at) }))
      .sort((a, b) => b.score - a.score || a.at - b.at)
      .slice(0, k)
      .map(({ at }) => at);
  }

  return {
    rank,
    /** The passages that `rank` finds. */
    async search(query: string, settings: RetrievalSettings, signal?: AbortSignal): Promise<string[]> {
      return (await rank(query, settings, signal)).map((at) => passages[at] as string);
    },
  };
}

/** Lower case without accents: 'Nouméa' is found by 'noumea'. */
function plainTerm(term: string): string {
  return term.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Minimum 0, maximum 1; all 0 where the scores are equal. */
function scaled(scores: Float64Array): Float64Array {
  let [low, high] = [Infinity, -Infinity];
  for (const score of scores) {
    low = Math.min(low, score);
    high = Math.max(high, score);
  }
  return scores.map((score) => (high > low ? (score - low) / (high - low) : 0));
}

function unit(vector: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(vector);
  const length = Math.sqrt(dot(values, values));
  return length === 0 ? values : values.map((value) => value / length);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] as number) * (b[at] as number);
  return sum;
}
