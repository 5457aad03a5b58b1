import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { build, type BuildResult } from 'esbuild';
import { contentHash, sha256 } from '../../core/system/canonical-json';
import { DefinitionError } from '../../core/system/definition-error';
import { messageOf } from '../../core/system/interpreter';
import { remember } from '../remember';

/**
 * Hash of a file's module graph: the code of every module it reaches (comments and layout do not count) and the name
 * and version of every package it imports. It is the version of what the file defines. Computed once per process.
 *
 * @throws DefinitionError naming the file that cannot be bundled.
 */
export const moduleVersion = remember(hashModuleGraph);

/** Hash of the content of declared resources, such as an index. @throws DefinitionError naming the file that cannot be read. */
export async function resourcesVersion(paths: readonly string[]): Promise<string> {
  const hashes = await Promise.all(
    paths.map(async (path) => {
      try {
        return sha256(await readFile(resolve(path)));
      } catch (cause) {
        throw new DefinitionError(
          `resource '${path}' cannot be read; paths are absolute or relative to the working directory`,
          { cause },
        );
      }
    }),
  );
  return contentHash(hashes);
}

async function hashModuleGraph(file: string): Promise<string> {
  const result = await bundle(file);
  const packages = new Set<string>();
  for (const input of Object.values(result.metafile.inputs)) {
    for (const imported of input.imports) if (imported.external === true) packages.add(packageName(imported.path));
  }
  const require = createRequire(file);
  const dependencies = await Promise.all([...packages].sort().map((name) => versionOf(require, name)));
  return contentHash({ code: sha256(result.outputFiles[0]?.contents ?? ''), dependencies });
}

async function bundle(file: string): Promise<BuildResult<{ write: false; metafile: true }>> {
  try {
    return await build({
      entryPoints: [file],
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      // The only format with top-level await.
      format: 'esm',
      packages: 'external',
      minifyWhitespace: true,
      legalComments: 'none',
      logLevel: 'silent',
      absWorkingDir: dirname(file),
    });
  } catch (cause) {
    throw new DefinitionError(
      `the code of ${file} cannot be bundled, so it has no version (mend it, or give its components a 'version'): ${messageOf(cause)}`,
      { cause },
    );
  }
}

function packageName(path: string): string {
  return path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/');
}

async function versionOf(require: NodeJS.Require, name: string): Promise<string> {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      const manifest = JSON.parse(await readFile(resolve(folder, name, 'package.json'), 'utf8')) as {
        version?: string;
      };
      return `${name}@${manifest.version ?? ''}`;
    } catch {
      continue; // Not in this folder: resolution goes on in the next one up.
    }
  }
  return name; // A Node built-in, or a package that reaches itself by name.
}
