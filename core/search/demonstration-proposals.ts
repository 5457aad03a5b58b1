import type { RandomStream } from '../random/stream';
import { contentHash } from '../system/canonical-json';
import type { Json, JsonObject } from '../system/json';
import { estimateTokens } from '../system/token-estimate';
import type { Demonstration, PromptVariable } from '../system/variable';
import type { RejectedProposal } from './component-optimizer';
import { preview } from './preview';
import { distinctProposals, promptOf, propose, type Incumbent, type Proposal } from './proposal';

/** What the component did in one training example's trace, and what the whole system scored on it. */
export interface TracedExample {
  exampleId: string;
  inputs: JsonObject;
  outputs: JsonObject;
  /** The system's score, in [0, 1]. */
  score: number;
  /** By how much that leads other outputs of the component for the same inputs; absent where none were measured. */
  contrast?: number;
}

export interface DemonstrationOptions {
  incumbent: Incumbent;
  /** Which prompt variable. */
  variable: string;
  /** Of training examples only: demonstrations are shown to the system, so held-out ones would leak. */
  traced: readonly TracedExample[];
  /** Example id -> the outputs that the data says are right for the component; used in place of the traced ones. */
  groundTruth?: Readonly<Record<string, JsonObject>>;
  /** Least score of a trace whose outputs count as correct. Default 0.8. */
  threshold?: number;
  /** Told that all correct demonstrations are beyond the variable's `demonstrationTokens`, so that none can be shown. */
  reject?: (rejected: RejectedProposal) => void;
  /** Random sets per size. Default 3. */
  setsPerSize?: number;
  stream: RandomStream;
}

/** Most tokens of a set, as JSON, by `estimateTokens`, unless its variable says so. */
const usualBudget = 1_000;
/** How many demonstrations are looked at for each place in a set. */
const considered = 8;

/**
 * Sets of 1, 2, 4, ... up to the variable's most demonstrations, bootstrapped from traces that scored well (Khattab et
 * al. 2023, DSPy's BootstrapFewShot): several random, diverse sets per size, all within the token budget. Preferred are
 * short ones, and those in which the component is known to have done well: its output scored more than others did for the
 * same inputs (where all score alike, the credit may be another component's), or it is a ground truth that can be had from
 * the inputs (beside inputs that do not hold it, a truth teaches to make things up). Also no demonstrations at all, where the
 * incumbent has some.
 *
 * @throws RangeError where the component has no such prompt.
 */
export function demonstrationProposals(options: DemonstrationOptions): Proposal[] {
  const { incumbent, variable, stream, setsPerSize = 3 } = options;
  const current = promptOf(incumbent, variable);
  const { maxDemonstrations: most, demonstrationTokens: tokenBudget = usualBudget } = incumbent.variables[
    variable
  ] as PromptVariable;
  const correct = demonstrationPool(options);
  const pool = correct.filter((item) => item.tokens <= tokenBudget);
  if (pool.length === 0 && correct.length > 0 && most > 0) {
    const shortest = correct.reduce((a, b) => (b.tokens < a.tokens ? b : a));
    const reason =
      `'${variable}' can show none of ${correct.length} correct call(s): the shortest has ${shortest.tokens} tokens, ` +
      `demonstrations.tokens is ${tokenBudget}`;
    options.reject?.({ text: preview(JSON.stringify(shortest.demonstration)), reason });
  }
  const seen = new Set([contentHash(current.demonstrations.map((item) => contentHash(item)).sort())]);
  // Round by round, largest first: a cut anywhere keeps every size, and more demonstrations usually help more.
  const sizes = sizesUpTo(Math.min(most, pool.length)).reverse();
  const rounds = Array.from({ length: setsPerSize }, () => sizes).flat();
  const proposals = rounds.map((size) => {
    const set = diverseSet(pool, size, tokenBudget, stream);
    const key = contentHash(set.map((item) => item.hash).sort());
    // The same members in another order are not worth another try.
    if (set.length === 0 || seen.has(key)) return undefined;
    seen.add(key);
    return proposeSet(
      set.map((item) => item.demonstration),
      `${set.length} demonstration(s): ${set.map((item) => item.exampleId).join(', ')}`,
    );
  });
  return distinctProposals(incumbent, [...proposals, proposeSet([], 'no demonstrations')]);

  function proposeSet(demonstrations: Demonstration[], note: string): Proposal | undefined {
    const value = { instructions: current.instructions, demonstrations } as unknown as Json;
    return propose(incumbent, { [variable]: value }, { origin: 'demonstrations', note });
  }
}

interface PooledDemonstration {
  exampleId: string;
  demonstration: Demonstration;
  hash: string;
  tokens: number;
  words: ReadonlySet<string>;
  /** How sure it is that the component did well here, in [0, 1]. */
  support: number;
}

/** Correct demonstrations, one per distinct inputs, sorted by hash so that the order of traces does not matter. */
function demonstrationPool(options: DemonstrationOptions): PooledDemonstration[] {
  const { traced, groundTruth = {}, threshold = 0.8 } = options;
  const byInputs = new Map<string, { item: PooledDemonstration; rank: number }>();
  for (const example of traced) {
    const { exampleId, inputs, outputs, score } = example;
    const truth = Object.hasOwn(groundTruth, exampleId) ? groundTruth[exampleId] : undefined;
    if (truth === undefined && !(score >= threshold)) continue;
    const demonstration = { inputs, outputs: truth ?? outputs };
    if (isEmpty(demonstration.outputs)) continue;
    const item: PooledDemonstration = {
      exampleId,
      demonstration,
      hash: contentHash(demonstration),
      tokens: tokensOf(demonstration),
      words: wordsOf([inputs, demonstration.outputs]),
      support: truth === undefined ? supportByContrast(example) : score >= threshold ? 1 : shareHeld(inputs, truth),
    };
    // Ground truth beats any trace; of traces the better, then the shorter, the better supported, the lower hash is kept.
    const rank = truth === undefined ? score : Infinity;
    const key = contentHash(inputs);
    const known = byInputs.get(key);
    if (known === undefined || isBetter({ item, rank }, known)) byInputs.set(key, { item, rank });
  }
  return [...byInputs.values()].map(({ item }) => item).sort((a, b) => (a.hash < b.hash ? -1 : 1));
}

type Ranked = { item: PooledDemonstration; rank: number };
function isBetter(a: Ranked, b: Ranked): boolean {
  if (a.rank !== b.rank) return a.rank > b.rank;
  if (a.item.tokens !== b.item.tokens) return a.item.tokens < b.item.tokens;
  if (a.item.support !== b.item.support) return a.item.support > b.item.support;
  return a.item.hash < b.item.hash;
}

function diverseSet(
  pool: readonly PooledDemonstration[],
  size: number,
  tokenBudget: number,
  stream: RandomStream,
): PooledDemonstration[] {
  const chosen: PooledDemonstration[] = [];
  let left = tokenBudget;
  while (chosen.length < size) {
    const fitting = pool.filter((item) => item.tokens <= left && !chosen.includes(item));
    if (fitting.length === 0) break;
    const next = stream
      .sample(fitting, considered)
      .map((item) => ({ item, value: novelty(item, chosen) + item.support - item.tokens / tokenBudget }))
      .reduce((best, other) => (other.value > best.value ? other : best)).item;
    chosen.push(next);
    left -= next.tokens;
  }
  return chosen;
}

/** 1 minus the largest overlap of words (Jaccard) with what is chosen already. */
function novelty(item: PooledDemonstration, chosen: readonly PooledDemonstration[]): number {
  return 1 - Math.max(0, ...chosen.map((other) => overlap(item.words, other.words)));
}

function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const shared = [...a].filter((word) => b.has(word)).length;
  return shared === 0 ? 0 : shared / (a.size + b.size - shared);
}

/** Tokens that a demonstration takes in a prompt, as JSON; what budgets count. */
export function tokensOf(demonstration: Demonstration): number {
  return estimateTokens(JSON.stringify(demonstration.inputs) + JSON.stringify(demonstration.outputs));
}

function wordsOf(value: Json): ReadonlySet<string> {
  return new Set(
    JSON.stringify(value)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu),
  );
}

/** Where nothing else was measured, the output may or may not be what made the score. */
function supportByContrast({ contrast }: TracedExample): number {
  return contrast === undefined ? 0.5 : contrast > 0 ? 1 : 0;
}

/** Share of the outputs' words that the inputs hold. */
function shareHeld(inputs: JsonObject, outputs: JsonObject): number {
  const held = wordsOf(inputs);
  const words = [...wordsOf(Object.values(outputs))];
  return words.length === 0 ? 0 : words.filter((word) => held.has(word)).length / words.length;
}

function isEmpty(outputs: JsonObject): boolean {
  return Object.values(outputs).every((value) => value === null || (typeof value === 'string' && value.trim() === ''));
}

/** 1, 2, 4, ... and `most` itself. */
function sizesUpTo(most: number): number[] {
  const sizes: number[] = [];
  for (let size = 1; size < most; size *= 2) sizes.push(size);
  return most > 0 ? [...sizes, most] : [];
}
