/** A share of a limit is spent at which the run is to pause: the call was not made. */
export class BudgetShareReached extends Error {
  override readonly name = 'BudgetShareReached';
}
