import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * The arguments with which `node` runs a program of this package, given its path without extension: the compiled file
 * where there is one beside the caller, else the TypeScript source through jiti (in a clone that was not built).
 */
export function programArguments(program: string): string[] {
  if (existsSync(`${program}.js`)) return [`${program}.js`];
  const jiti = path.join(path.dirname(require.resolve('jiti/package.json')), 'lib', 'jiti-cli.mjs');
  return [jiti, `${program}.ts`];
}
