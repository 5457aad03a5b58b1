import type { RecordEventInput } from './contracts';
import type { ActivityDependencies } from './dependencies';
import { inActivity } from './in-activity';

/** Writes one ledger entry; a second attempt changes nothing. */
export function recordEvent({ stores }: ActivityDependencies, input: RecordEventInput): Promise<void> {
  const { runId, key, iteration, kind, body } = input;
  return inActivity(() => stores.ledger.append(runId, [{ key, iteration, kind, body }]));
}
