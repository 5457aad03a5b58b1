import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { workerEnvironment } from '../../workers/worker-environment';
import { exitCode } from './exit-code';

/** Whether a worker in this process would lack what must be in the environment before a process starts. */
export function lacksWorkerEnvironment(environment: NodeJS.ProcessEnv = process.env): boolean {
  return Object.entries(workerEnvironment(undefined, environment)).some(([name, value]) => environment[name] !== value);
}

/**
 * Runs this process's own command once more with the environment of a worker, and gives its exit code. It has the outputs of
 * this process, and must call `endWithParent`. A first SIGINT or SIGTERM is handed on, a second ends both at once.
 */
export async function runWithWorkerEnvironment(): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    // A group of its own keeps the terminal's Ctrl-C from it: it would come twice.
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...workerEnvironment() },
  });
  let interrupted = false;
  const handOn = (signal: NodeJS.Signals): void => {
    child.kill(interrupted ? 'SIGKILL' : signal);
    if (interrupted) process.exit(exitCode.interrupted);
    interrupted = true;
  };
  process.on('SIGINT', handOn);
  process.on('SIGTERM', handOn);
  try {
    const [code, signal] = (await once(child, 'exit')) as [number, null] | [null, NodeJS.Signals];
    return code ?? 128 + constants.signals[signal];
  } finally {
    process.off('SIGINT', handOn);
    process.off('SIGTERM', handOn);
  }
}
