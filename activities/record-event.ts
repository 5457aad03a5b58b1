import { ApplicationFailure } from '@temporalio/common';
import { StorageError } from '../storage';
import type { RecordEventInput } from './contracts';
import type { ActivityDependencies } from './dependencies';
import { inActivity } from './in-activity';

/**
 * Writes one ledger entry; a second attempt changes nothing. It outlives a full disk: the command that it records has taken
 * effect, and an attempt pays for nothing.
 */
export function recordEvent({ stores }: ActivityDependencies, input: RecordEventInput): Promise<void> {
  const { runId, key, iteration, kind, body } = input;
  return inActivity(async () => {
    try {
      await stores.ledger.append(runId, [{ key, iteration, kind, body }]);
    } catch (error) {
      if (!StorageError.isInstance(error) || error.code !== 'DISK_FULL') throw error;
      throw ApplicationFailure.retryable(error.message, `Storage.${error.code}`);
    }
  });
}
