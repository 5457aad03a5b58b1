import path from 'node:path';
import { startForeignProgram, startOwnProgram } from '../start-process';

/** A program of the tests: starts one own and one foreign child, prints their pids, and waits to be killed. */
async function main(): Promise<void> {
  const folder = process.argv[2]!;
  const own = await startOwnProgram({
    name: 'the patient program',
    program: path.join(__dirname, 'patient-program'),
    arguments: ['x'],
    logFile: path.join(folder, 'own.log'),
  });
  const foreign = await startForeignProgram({
    name: 'a shell',
    command: 'sh',
    // The shell and its child are a group: both must end.
    arguments: ['-c', `sleep 600 & echo $! > ${path.join(folder, 'grandchild')}; wait`],
    logFile: path.join(folder, 'foreign.log'),
    ready: async () => true,
  });
  console.log(JSON.stringify({ own: own.pid, foreign: foreign.pid }));
  setInterval(() => undefined, 1000);
}

void main();
