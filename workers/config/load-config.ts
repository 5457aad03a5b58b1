import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createJiti } from 'jiti';
import { DefinitionError } from '../../core/system/definition-error';
import { messageOf } from '../../core/system/interpreter';
import { packageRoot } from '../../providers/processes/package-root';
import type { Config } from './define-config';

const defaultNames = ['optimas.config.ts', 'optimas.config.mts', 'optimas.config.js', 'optimas.config.mjs'];

/**
 * Loads a config file (TypeScript or JavaScript). Without a path it looks for `optimas.config.*` in the working directory.
 *
 * @throws DefinitionError saying which file and why it cannot be used.
 */
export async function loadConfig(path?: string): Promise<{ config: Config; file: string }> {
  const file = path === undefined ? findConfig() : resolve(path);
  if (!existsSync(file)) {
    throw new DefinitionError(`config file ${file} does not exist; name another with --config FILE`);
  }
  // Both a config inside this package and one in a user's project say `from 'optimas'`.
  const jiti = createJiti(file, { alias: { optimas: packageRoot() }, moduleCache: true });
  let loaded: unknown;
  try {
    loaded = await jiti.import(file, { default: true });
  } catch (cause) {
    if (DefinitionError.isInstance(cause)) throw new DefinitionError(`${file}: ${cause.message}`);
    throw new DefinitionError(`config file ${file} cannot be loaded: ${messageOf(cause)}`);
  }
  // A compiled config is a CommonJS module, whose default export lies one level deeper.
  const config = [loaded, (loaded as { default?: unknown } | undefined)?.default].find(isConfig);
  if (config === undefined) {
    throw new DefinitionError(`config file ${file} must end with: export default defineConfig({...})`);
  }
  return { config, file };
}

function isConfig(value: unknown): value is Config {
  return typeof value === 'object' && value !== null && (value as Config).kind === 'optimas.config';
}

function findConfig(): string {
  const found = defaultNames.map((name) => resolve(name)).find((file) => existsSync(file));
  if (found === undefined) {
    throw new DefinitionError(
      `there is no optimas.config.ts in ${process.cwd()}; write one (see README), or name one with --config FILE`,
    );
  }
  return found;
}
