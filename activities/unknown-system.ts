import { DefinitionError } from '../core/system/definition-error';

/** A system that a config does not define. */
export class UnknownSystem extends DefinitionError {
  constructor(
    readonly system: string,
    readonly defined: readonly string[],
  ) {
    super(`there is no system '${system}' in the config; it defines: ${defined.join(', ')}`);
  }
}
