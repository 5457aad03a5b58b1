import { DefinitionError } from './definition-error';
import { infrastructureCause } from './infrastructure-error';

/**
 * What must end the attempt instead of becoming a score: a mistake in the definition, or the failure of infrastructure
 * behind `error`. Undefined where the system under test failed. Its failure, too, is a request that can never succeed
 * (`permanent`: a prompt too long for the model, say); an unknown model or route (404) is not, as a person must mend that.
 */
export function outsideFailure(error: unknown): Error | undefined {
  if (DefinitionError.isInstance(error)) return error;
  const cause = infrastructureCause(error);
  return cause?.kind === 'permanent' && cause.status !== 404 ? undefined : cause;
}
