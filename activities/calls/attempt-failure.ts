import { outsideFailure } from '../../core/system/outside-failure';
import { StorageError } from '../../storage';
import { BudgetExhausted } from './budget-exhausted';
import { BudgetShareReached } from './budget-share-reached';

/** What must end an activity's attempt and never becomes a score; undefined where the system under test failed. */
export function attemptFailure(error: unknown): Error | undefined {
  if (error instanceof BudgetExhausted || error instanceof BudgetShareReached) return error;
  if (StorageError.isInstance(error)) return error;
  return outsideFailure(error);
}
