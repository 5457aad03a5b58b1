import type { Optimizer } from '../../core/search/own-optimizer';
import { contentHash } from '../../core/system/canonical-json';
import { moduleVersion } from './module-version';

/** The user's own optimizers, and where the config that lists them is defined (undefined where the stack did not tell). */
export interface OwnOptimizers {
  optimizers: readonly Optimizer[];
  definedIn: string | undefined;
}

/**
 * Optimizer -> version: what it proposes is part of what a run decides. Without a version of its own it is a hash of its code.
 *
 * @throws DefinitionError for a config whose module graph cannot be bundled.
 */
export async function optimizerVersions({ optimizers, definedIn }: OwnOptimizers): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const { name, kinds, version, propose } of optimizers) {
    versions[name] =
      version ??
      contentHash({
        code: definedIn === undefined ? null : await moduleVersion(definedIn),
        propose: propose.toString(),
        kinds,
      });
  }
  return versions;
}
