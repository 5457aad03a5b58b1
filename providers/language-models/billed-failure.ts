import { InfrastructureError } from '../../core/system/infrastructure-error';
import type { Usage } from '../../core/system/run-context';

/** The failure of a call whose reply cannot be used, and says all the same what it used: that is on the bill. */
export class BilledFailure extends InfrastructureError {
  readonly usage: Usage;

  constructor(failure: InfrastructureError, usage: Usage) {
    super(failure.message, failure);
    this.usage = usage;
  }
}
