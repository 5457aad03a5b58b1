import { BlobStore } from './blob-store';
import { CandidateStore } from './candidate-store';
import { ConfigurationStore } from './configuration-store';
import { CounterStore } from './counter-store';
import type { Database } from './database';
import { EvaluationStore } from './evaluation-store';
import { Ledger } from './ledger';
import { Memo } from './memo';
import type { LeaseOptions } from './memo-leases';
import { CallRateStore } from './call-rate-store';
import { ReservationStore } from './reservation-store';
import { RewardFitStore } from './reward-fit-store';
import { RewardVersionStore } from './reward-version-store';
import { RunStore } from './run-store';
import { SpendStore } from './spend-store';

/** All stores over one database. */
export interface Stores {
  database: Database;
  blobs: BlobStore;
  callRates: CallRateStore;
  candidates: CandidateStore;
  configurations: ConfigurationStore;
  counters: CounterStore;
  evaluations: EvaluationStore;
  ledger: Ledger;
  memo: Memo;
  reservations: ReservationStore;
  rewardFits: RewardFitStore;
  rewardVersions: RewardVersionStore;
  runs: RunStore;
  spend: SpendStore;
}

export function storesOf(database: Database, leases: LeaseOptions = {}): Stores {
  return {
    database,
    blobs: new BlobStore(database),
    callRates: new CallRateStore(database),
    candidates: new CandidateStore(database),
    configurations: new ConfigurationStore(database),
    counters: new CounterStore(database),
    evaluations: new EvaluationStore(database),
    ledger: new Ledger(database),
    memo: new Memo(database, leases),
    reservations: new ReservationStore(database, leases),
    rewardFits: new RewardFitStore(database),
    rewardVersions: new RewardVersionStore(database),
    runs: new RunStore(database),
    spend: new SpendStore(database),
  };
}
