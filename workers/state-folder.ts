import path from 'node:path';

/** Where a project's run data lives: database, the development server's state, logs. */
export function stateFolder(): string {
  return path.resolve('.optimas');
}

/** Files of the state folder. */
export const stateFiles = {
  temporalDatabase: 'temporal.db',
  temporalRecord: 'temporal-server.json',
  temporalLog: 'temporal.log',
  workerLog: 'worker.log',
} as const;
