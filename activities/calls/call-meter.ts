import type { Limits } from '../../core/run/budget';
import type { LanguageModels } from '../../providers/language-models';
import type { Memo, ReservationStore, SpendStore } from '../../storage';

/** What a run's calls are made with and charged to. */
export interface CallMeter {
  runId: string;
  memo: Memo;
  spend: SpendStore;
  reservations: ReservationStore;
  languageModels: LanguageModels;
  limits: Limits;
  /** 1 to 5: whose calls go first at a busy endpoint. */
  priority: number;
  /** Part of every memo key: empty, or the run id for a run that ignores earlier entries. */
  scope: string;
}
