import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Loading a large package from a cold disk takes a while. */
const limitMs = 60_000;

/**
 * The first Python that can import `modules` (none: the first there is): the one that `OPTIMAS_PYTHON` names, and only that
 * where it is set; else one on PATH; else Debian's, which a pyenv may hide from PATH.
 */
export async function findPython(
  modules: readonly string[] = [],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  const named = environment['OPTIMAS_PYTHON'];
  for (const command of named ? [named] : ['python3', 'python', '/usr/bin/python3']) {
    const code = ['import sys', ...modules.map((name) => `import ${name}`), 'print(sys.executable)'].join('; ');
    const found = await run(command, ['-c', code], { env: environment, timeout: limitMs }).catch(() => undefined);
    if (found !== undefined) return found.stdout.trim();
  }
  return undefined;
}
