/** A limit of the run's budget is reached: the call was not made. */
export class BudgetExhausted extends Error {
  override readonly name = 'BudgetExhausted';
}
