import { StorageError, type StorageErrorCode } from '../storage';
import { attempt } from '../test/support/activity-attempt';
import type { ActivityDependencies } from './dependencies';
import { recordEvent } from './record-event';

const event = { runId: 'run', key: 'command/pause/1', iteration: 0, kind: 'pause', body: { reason: 'lunch' } };

/** A database in which nothing can be appended. */
const failing = (code: StorageErrorCode) =>
  ({
    stores: { ledger: { append: () => Promise.reject(new StorageError(code, 'no')) } },
  }) as unknown as ActivityDependencies;

it.each<[StorageErrorCode, boolean]>([
  ['DISK_FULL', false],
  ['UNREACHABLE', false],
  ['NEWER_SCHEMA', true],
])('the record of a command that met %s is given up: %p', async (code, nonRetryable) => {
  await expect(attempt(() => recordEvent(failing(code), event))).rejects.toMatchObject({
    type: `Storage.${code}`,
    nonRetryable,
  });
});
