import { join } from 'node:path';

/**
 * Version of the workflow code: a new one is a new set of files. Those of a version that no released build could have open
 * runs of are deleted; all others must still replay.
 */
export const historyVersion = 7;

export const historiesFolder = join(__dirname, '..', 'histories');

/** The history of a whole run of the present version. */
export const completedRun = join(historiesFolder, `${historyVersion}-completed-run.json`);
