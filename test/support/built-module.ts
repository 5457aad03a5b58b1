import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../providers/processes/package-root';

/** From test/jest-environment.js: loads built modules outside Jest, whose realm cannot load ES modules. */
declare function hostImport<T>(specifier: string): Promise<T>;

/** A module of the build, by its path without extension (`providers/reward/head-trainer`). */
export function builtModule<T>(path: string): Promise<T> {
  return hostImport<T>(pathToFileURL(join(packageRoot(), 'dist', `${path}.js`)).href);
}
