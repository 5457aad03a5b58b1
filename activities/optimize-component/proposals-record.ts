import { proposalHash, type Proposal, type ProposalOrigin } from '../../core/search/proposal';
import type { ProposalValue } from '../../core/search/ranking';
import type { SettingKind } from '../../core/system/variable';
import type { Stores } from '../../storage';
import type { Judge } from '../contracts';

/** What the ledger keeps of a proposal; gains in score over the incumbent, on training inputs. */
export interface ProposalRecord {
  configurationHash: string;
  /** Hash of the component's settings (`proposalHash`): the same under every configuration of the others. */
  settings: string;
  origin: ProposalOrigin;
  /** Those credited with it. */
  optimizers: string[];
  /** Each names its component where several are changed. */
  changed: { component?: string; variable: string; kind: SettingKind }[];
  note: string | null;
  /** What it was ranked by; null: never judged. */
  expectedGain: number | null;
  standardError: number | null;
  /** Who said so; of a simultaneous step `reward` where rewards did of every part. */
  judge: Judge | null;
  /** By the metric on the inputs of the shortlist, in a simultaneous step on those of the ranking; null: not measured there. */
  measuredGain: number | null;
  measuredStandardError: number | null;
  /** It went to validation. */
  finalist: boolean;
  /** Hash of the proposal with the same outputs that stood for it. */
  sameOutputsAs: string | null;
}

/** What the ledger keeps of an iteration's proposals (kind `proposals`); `selectFinalists` and `selectSimultaneous` write it. */
export interface ProposalsRecord {
  component: string;
  /** The other component of a joint move. */
  partner?: string;
  /**
   * The other components of a simultaneous step: this record holds what it validates, where that changes several. What was proposed for each
   * of its components is in a record of that component.
   */
  others?: string[];
  /** Configuration hash. */
  incumbent: string;
  /** SHA-256 of the blobs that hold the proposals. */
  blobs: string[];
  proposals: ProposalRecord[];
  reason: string;
}

/** A proposal, as it was judged, for the record. */
export function proposalRecord(
  configurationHash: string,
  { proposal, score }: { proposal: Proposal; score: (ProposalValue & { judge: Judge }) | undefined },
  rest: Pick<ProposalRecord, 'finalist' | 'sameOutputsAs'> & { measured?: ProposalValue | undefined },
): ProposalRecord {
  const { measured, ...more } = rest;
  return {
    configurationHash,
    settings: proposalHash(proposal),
    origin: proposal.origin,
    optimizers: proposal.optimizers ?? [],
    changed: proposal.changed.map((change) => ({ ...change })),
    note: proposal.note ?? null,
    expectedGain: score?.meanGain ?? null,
    standardError: score?.standardError ?? null,
    judge: score?.judge ?? null,
    measuredGain: measured?.meanGain ?? null,
    measuredStandardError: measured?.standardError ?? null,
    ...more,
  };
}

/**
 * The proposals of a run's iterations, oldest first.
 *
 * @param options.before only those of earlier iterations than this.
 * @param options.iteration only this one's.
 */
export async function proposalsRecords(
  stores: Stores,
  runId: string,
  { before = Infinity, iteration: only }: { before?: number; iteration?: number } = {},
): Promise<(ProposalsRecord & { iteration: number })[]> {
  const entries = await stores.ledger.list(runId, {
    kind: 'proposals',
    ...(only !== undefined && { iteration: only }),
  });
  return entries
    .map(({ iteration, body }) => ({ ...(body as unknown as ProposalsRecord), iteration }))
    .filter(({ iteration }) => iteration < before)
    .sort((a, b) => a.iteration - b.iteration);
}
