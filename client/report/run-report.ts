import { resultDocumentSchema, type ResultDocument } from '../../core/run/result-document';
import type { Configuration } from '../../core/system/configuration';
import type { Stores } from '../../storage';
import { RunNotFound } from '../run-not-found';
import type { RewardRecord } from './reward-text';

/** A component's newest reward, with what the result document leaves out. */
export type RewardReport = ResultDocument['rewards'][string] & {
  /** Why it is trusted or not, or could not be fitted; absent where the database does not say. */
  reason?: string;
};

/** What the database knows about a run, for reports and exports. */
export interface RunReport {
  runId: string;
  system: string;
  seed: number;
  status: string;
  createdAt: number;
  /** The configuration that the run started from. */
  baseline: Configuration;
  /** The best configuration so far; the final one of a run that has ended. */
  incumbent: Configuration;
  iterations: ResultDocument['iterations'];
  rewards: Record<string, RewardReport>;
  /** Model calls, tokens (prompt and completion) and US dollars so far. */
  spent: { calls: number; tokens: number; usd: number };
  /** Absent while the run goes on. */
  document: ResultDocument | undefined;
}

/** @throws RunNotFound; StorageError when the database is damaged. */
export async function readRunReport(stores: Stores, runId: string): Promise<RunReport> {
  const record = await stores.runs.get(runId);
  if (record === undefined) throw new RunNotFound(runId);
  const document = record.result === undefined ? undefined : resultDocumentSchema.parse(record.result);
  const prepared = await stores.ledger.get(runId, 'prepared');
  const decisions = await readDecisions(stores, runId);
  const baselineHash = (prepared?.body as { baseline?: string } | undefined)?.baseline;
  const baseline = baselineHash === undefined ? {} : await stores.configurations.get(baselineHash);
  const incumbentHash = decisions.at(-1)?.incumbent ?? baselineHash;
  const incumbent = incumbentHash === undefined ? {} : await stores.configurations.get(incumbentHash);
  const totals = await stores.spend.totals(runId);
  const rewards = await newestRewards(stores, runId);
  return {
    runId,
    system: record.system,
    seed: record.seed,
    status: record.status,
    createdAt: record.createdAt,
    baseline,
    incumbent: document?.configuration ?? incumbent,
    iterations: document?.iterations ?? decisions,
    rewards: document === undefined ? rewards : withReasons(document.rewards, rewards),
    spent: { calls: totals.calls, tokens: totals.promptTokens + totals.completionTokens, usd: totals.usd },
    document,
  };
}

async function newestRewards(stores: Stores, runId: string): Promise<Record<string, RewardReport>> {
  const rewards: Record<string, RewardReport> = {};
  // Ordered by version: the newest one stays.
  for (const { component, version, metrics } of await stores.rewardVersions.list(runId)) {
    rewards[component] = { ...(metrics as unknown as RewardReport), version };
  }
  return rewards;
}

/** The document's figures; a stored reason only where it is that of the same version. */
function withReasons(
  documented: ResultDocument['rewards'],
  stored: Readonly<Record<string, RewardReport>>,
): Record<string, RewardReport> {
  const entries = Object.entries(documented).map(([component, reward]): [string, RewardReport] => {
    const known = stored[component];
    return [component, known?.version === reward.version ? { ...known, ...reward } : reward];
  });
  return Object.fromEntries(entries);
}

/** The fits of a run, in the order in which they were recorded. */
export async function readRewards(stores: Stores, runId: string): Promise<RewardRecord[]> {
  const entries = await stores.ledger.list(runId, { kind: 'reward' });
  return entries.map(({ iteration, body }) => ({ ...(body as object), iteration }) as unknown as RewardRecord);
}

/** What the proposer model's endpoint would not take, in one line each: the iteration went on without its instructions. */
export async function readProposerRejections(
  stores: Stores,
  runId: string,
): Promise<{ iteration: number; text: string }[]> {
  const entries = await stores.ledger.list(runId, { kind: 'proposer' });
  return entries.map(({ iteration, body }) => {
    const { component, variable, optimizer, reason } = body as Record<string, string>;
    const text = `iteration ${iteration + 1}: the proposer wrote nothing for ${component}.${variable} (${optimizer}): ${reason}`;
    return { iteration, text };
  });
}

/** An iteration's decision as the ledger has it, with the incumbent after it (configuration hash). */
export type IterationDecision = ResultDocument['iterations'][number] & { incumbent: string };

/** In the order in which they were made. */
export async function readDecisions(stores: Stores, runId: string): Promise<IterationDecision[]> {
  const entries = await stores.ledger.list(runId, { kind: 'decision' });
  return entries.map(({ iteration, body }) => ({ ...(body as object), iteration }) as unknown as IterationDecision);
}
