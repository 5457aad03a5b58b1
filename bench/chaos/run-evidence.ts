import type { Arrival } from '../../test/support/scripted-endpoint';
import type { StruckKill } from './paid-twice';

/** What a run left behind, to be compared with that of another run of the same seed. */
export interface RunEvidence {
  status: string;
  /** Hash of the final configuration. */
  configuration: string | null;
  /** The decision projection of the ledger, sorted. */
  decisions: string[];
  ledger: { sequence: number; key: string; kind: string; iteration: number }[];
  /** Rows of the tables of results, by table: sorted, without run id and times. */
  records: Record<string, string[]>;
  arrivals: Arrival[];
  kills: StruckKill[];
  /** Model calls as the memo, the spend and the sums of the spend count them. */
  paid: { memo: number; spend: number; totals: number };
  /** Blobs that a row names and that are not there. */
  missingBlobs: number;
  /** Reservations of the run right after its end, and leases that somebody still holds when those of the dead have run out. */
  held: Record<string, number>;
  /** What the database says of itself: `ok`. */
  integrity: string;
  /** What happened that nobody ordered: a process that died by itself, a pause. */
  incidents: string[];
}
