import { resultDocumentSchema, type ResultDocument } from '../../core/run/result-document';
import type { Configuration } from '../../core/system/configuration';
import type { Stores } from '../../storage';
import { RunNotFound } from '../run-not-found';

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
  rewards: ResultDocument['rewards'];
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
  const rewards: ResultDocument['rewards'] = {};
  for (const { component, version, metrics } of await stores.rewardVersions.list(runId)) {
    rewards[component] = { ...(metrics as unknown as ResultDocument['rewards'][string]), version };
  }
  return {
    runId,
    system: record.system,
    seed: record.seed,
    status: record.status,
    createdAt: record.createdAt,
    baseline,
    incumbent: document?.configuration ?? incumbent,
    iterations: document?.iterations ?? decisions,
    rewards: document?.rewards ?? rewards,
    spent: { calls: totals.calls, tokens: totals.promptTokens + totals.completionTokens, usd: totals.usd },
    document,
  };
}

/** An iteration's decision as the ledger has it, with the incumbent after it (configuration hash). */
export type IterationDecision = ResultDocument['iterations'][number] & { incumbent: string };

/** In the order in which they were made. */
export async function readDecisions(stores: Stores, runId: string): Promise<IterationDecision[]> {
  const entries = await stores.ledger.list(runId, { kind: 'decision' });
  return entries.map(({ iteration, body }) => ({ ...(body as object), iteration }) as unknown as IterationDecision);
}
