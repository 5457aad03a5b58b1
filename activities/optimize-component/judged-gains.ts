import { contentHash } from '../../core/system/canonical-json';
import type { Stores } from '../../storage';
import type { Judge, ScoreProposalsInput } from '../contracts';

/** What one activity found of some proposals, example by example; the ledger keeps it. */
export interface JudgedGains {
  component: string;
  /** Configuration hash of the incumbent that they were compared with. */
  incumbent: string;
  /** Who judged what changes nothing else: `reward` only where it was trusted. */
  judge: Judge;
  /** Training examples that they were judged on. */
  examples: string[];
  /** Configuration hash -> example id -> gain in score. Only what the metric measured: the gains that a reward expects are no evidence. */
  gains: Record<string, Record<string, number>>;
}

const kind = 'judged';

/** A second attempt, which finds the same in the memo, leaves the first record as it is. */
export async function recordJudgedGains(
  stores: Stores,
  input: ScoreProposalsInput,
  judged: Omit<JudgedGains, 'component' | 'incumbent'>,
): Promise<void> {
  const { runId, component, configurationHash, iteration, hashes, inputs, judge } = input;
  const key = `iteration/${iteration}/judged/${contentHash([component, configurationHash, hashes, inputs, judge])}`;
  const body = { component, incumbent: configurationHash, ...judged };
  await stores.ledger.append(runId, [{ key, iteration, kind, body }]);
}

/** All of an iteration's, in an order that depends on nothing but what was judged. */
export async function judgedGains(stores: Stores, runId: string, iteration: number): Promise<JudgedGains[]> {
  const entries = await stores.ledger.list(runId, { kind, iteration });
  return entries.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ body }) => body as unknown as JudgedGains);
}
