import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of this package's `package.json`: the same from the sources and from `dist`. */
export function packageRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new Error(`no package.json above ${__dirname}; the package was installed incompletely`);
    folder = parent;
  }
  return folder;
}
