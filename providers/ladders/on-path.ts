import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { StepUnavailable } from './climb';

/** The absolute path of an executable on PATH. Throws StepUnavailable when there is none. */
export async function executableOnPath(name: string, environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  for (const folder of (environment['PATH'] ?? '').split(path.delimiter)) {
    if (folder === '') continue;
    const candidate = path.resolve(folder, file);
    const runnable = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runnable) return candidate;
  }
  throw new StepUnavailable(`no ${name} on PATH`);
}
