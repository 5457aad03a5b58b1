import { spawn } from 'node:child_process';
import { endGroup } from './end-group';

/**
 * Runs a foreign program and ends it when this guardian's own parent is gone: `guardian-main COMMAND ...ARGUMENTS`.
 * The program gets a process group of its own; its output goes where the guardian's does.
 */
const [command, ...argumentsOfCommand] = process.argv.slice(2);
if (command === undefined || process.send === undefined) {
  throw new Error('usage: guardian-main COMMAND ...ARGUMENTS, started with an IPC channel');
}

const graceMs = 5000;
const child = spawn(command, argumentsOfCommand, { stdio: ['ignore', 'inherit', 'inherit'], detached: true });
let ending = false;

function end(): void {
  if (ending || child.pid === undefined) return;
  ending = true;
  void endGroup(child.pid, graceMs).then(() => process.exit(0));
}

process.once('disconnect', end);
process.on('SIGTERM', end);
process.on('SIGINT', end);
child.once('error', (error) => {
  console.error(`cannot start ${command}: ${error.message}`);
  process.exit(127);
});
child.once('spawn', () => process.send?.({ type: 'spawned', pid: child.pid }));
child.once('exit', (code, signal) => {
  if (ending) return;
  console.error(`${command} ended with ${signal ?? `code ${code}`}`);
  process.exit(code ?? 1);
});
