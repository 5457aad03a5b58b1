import { spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { endGroup } from '../processes/end-group';
import { StepUnavailable, type Attempt } from './climb';

const watchEveryMs = 500;
const keptOutput = 4000;
const shownLines = 6;

/**
 * Runs a package registry's ordinary client. What it prints, and growth of `watchFolder`, count as progress; once it has
 * begun it may be silent for `nextWithinMs`. Throws StepUnavailable when the client is not installed, else an error with
 * the end of its output.
 */
export async function runClient(
  command: string,
  options: {
    readonly arguments: readonly string[];
    readonly workingFolder: string;
    readonly watchFolder: string;
    readonly message: string;
    readonly environment?: Readonly<Record<string, string>>;
    readonly nextWithinMs?: number;
    readonly attempt: Attempt;
  },
): Promise<void> {
  const { attempt, message, nextWithinMs } = options;
  const windows = process.platform === 'win32';
  const child = spawn(command, options.arguments, {
    cwd: options.workingFolder,
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: !windows,
    // npm and mvn are batch files there.
    shell: windows,
  });
  let output = '';
  let size = 0;
  const advance = () => attempt.progress({ message, done: size, nextWithinMs });
  const take = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-keptOutput);
    advance();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const watch = setInterval(() => {
    void folderBytes(options.watchFolder).then((bytes) => {
      if (bytes <= size) return;
      size = bytes;
      advance();
    });
  }, watchEveryMs);
  const end = () => {
    if (child.pid !== undefined) void endGroup(child.pid, 2000);
  };
  attempt.signal.addEventListener('abort', end, { once: true });
  try {
    const code = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
      child.once('error', (error: NodeJS.ErrnoException) => {
        reject(error.code === 'ENOENT' ? new StepUnavailable(`${command} is not on PATH`) : error);
      });
      child.once('close', (exitCode, signal) => resolve(exitCode ?? signal));
    });
    attempt.signal.throwIfAborted();
    if (code !== 0) throw new Error(`${command} ended with ${code}: ${lastLines(output)}`);
  } finally {
    clearInterval(watch);
    attempt.signal.removeEventListener('abort', end);
  }
}

function lastLines(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line !== '')
    .slice(-shownLines)
    .join('\n');
}

async function folderBytes(folder: string): Promise<number> {
  // Files come and go while the client works.
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        stat(path.join(entry.parentPath, entry.name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
