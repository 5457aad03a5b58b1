import type { PastProposal } from '../../core/search/past-proposal';
import type { Stores } from '../../storage';
import type { DecisionRecord } from '../decide';
import { loadProposals } from './stored-proposals';

/** What the ledger keeps of an iteration's proposals. */
export interface ProposalsRecord {
  component: string;
  /** Configuration hash. */
  incumbent: string;
  /** SHA-256 of the blobs that hold the proposals. */
  blobs: string[];
  proposals: {
    configurationHash: string;
    optimizers: string[];
    origin: string;
    expectedGain: number | null;
    measuredGain: number | null;
    finalist: boolean;
  }[];
}

/** What the ledger keeps of gains by input; see `scoreProposals`. */
export interface InstanceGainsRecord {
  component: string;
  /** Configuration hash -> training example id -> gain in score over the incumbent. */
  gains: Record<string, Record<string, number>>;
}

/** The records of iterations before this one, oldest first. */
export async function proposalRecords(
  stores: Stores,
  runId: string,
  before: number,
): Promise<(ProposalsRecord & { iteration: number })[]> {
  const entries = await stores.ledger.list(runId, { kind: 'proposals' });
  return entries
    .map(({ iteration, body }) => ({ ...(body as unknown as ProposalsRecord), iteration }))
    .filter(({ iteration }) => iteration < before)
    .sort((a, b) => a.iteration - b.iteration);
}

/** Proposals of earlier iterations for the component with what was measured of them, oldest first. */
export async function pastProposals(
  stores: Stores,
  { runId, component, iteration: before }: { runId: string; component: string; iteration: number },
): Promise<PastProposal[]> {
  const records = (await proposalRecords(stores, runId, before)).filter((record) => record.component === component);
  const decisions = await stores.ledger.list(runId, { kind: 'decision' });
  const instances = await stores.ledger.list(runId, { kind: 'instance-gains' });
  const past: PastProposal[] = [];
  for (const { iteration, incumbent, blobs, proposals } of records) {
    const configuration = await stores.configurations.get(incumbent);
    const stored = await loadProposals(stores, { incumbent: configuration, component }, blobs);
    const decision = decisions.find((entry) => entry.iteration === iteration)?.body as unknown as
      DecisionRecord | undefined;
    const gains = new Map<string, Record<string, number>>();
    for (const entry of instances.filter((item) => item.iteration === iteration)) {
      for (const [hash, own] of Object.entries((entry.body as unknown as InstanceGainsRecord).gains)) {
        gains.set(hash, { ...gains.get(hash), ...own });
      }
    }
    for (const { configurationHash, expectedGain, measuredGain, finalist } of proposals) {
      const proposal = stored.get(configurationHash);
      if (proposal === undefined) continue;
      const instanceGains = gains.get(configurationHash);
      past.push({
        iteration,
        incumbent: configuration[component] ?? {},
        proposal,
        expectedGain,
        measuredGain,
        ...(instanceGains === undefined ? {} : { instanceGains }),
        finalist,
        accepted: decision?.accepted === true && decision.incumbent === configurationHash,
      });
    }
  }
  return past;
}
