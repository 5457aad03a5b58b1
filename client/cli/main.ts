import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CommanderError } from 'commander';
import { packageRoot } from '../../providers/processes/package-root';
import { errorReport } from './error-report';
import { exitCode } from './exit-code';
import { createProgram } from './program';
import { processTerminal } from './terminal';

/** Milliseconds for what is still being closed when a command is done. */
const lingerMs = 3_000;

async function main(argv: readonly string[]): Promise<void> {
  const { version } = JSON.parse(readFileSync(path.join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  // `optimas list | head`: who reads no more is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) =>
    process.exit(error.code === 'EPIPE' ? exitCode.ok : exitCode.failed),
  );
  // What a command waits for may be a child process, and those do not keep this one running.
  const keepAlive = setInterval(() => {}, 60_000);
  try {
    await createProgram(processTerminal, version).parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed it.
      process.exitCode = error.exitCode === 0 ? exitCode.ok : exitCode.usage;
    } else {
      const report = errorReport(error, argv.includes('--verbose'));
      processTerminal.note(`optimas: ${report.text}`);
      process.exitCode = report.code;
    }
  } finally {
    clearInterval(keepAlive);
  }
  setTimeout(() => process.exit(), lingerMs).unref();
}

void main(process.argv);
