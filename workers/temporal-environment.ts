import { loadClientConnectConfig } from '@temporalio/envconfig';
import { messageOf } from '../core/system/interpreter';
import { DefinitionError } from '../core/system/definition-error';

export type TemporalEnvironment = ReturnType<typeof loadClientConnectConfig>;

/**
 * Connection and namespace by Temporal's own environment configuration: its variables, over a profile of its file. A variable
 * that is empty counts as unset.
 *
 * @throws DefinitionError when it names a file that cannot be read, or a profile that is not there.
 */
export function temporalEnvironment(profile?: string): TemporalEnvironment {
  const set = Object.entries(process.env).filter((entry): entry is [string, string] => Boolean(entry[1]));
  try {
    return loadClientConnectConfig({
      overrideEnvVars: Object.fromEntries(set),
      ...(profile === undefined ? {} : { profile }),
    });
  } catch (cause) {
    throw new DefinitionError(
      `Temporal's environment configuration cannot be used: ${messageOf(cause)}; correct the TEMPORAL_ variables or its file`,
      { cause },
    );
  }
}
