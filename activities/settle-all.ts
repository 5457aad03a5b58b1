import { gravest } from './activity-failure';

/**
 * Lets every task end and keeps what succeeded, even when others failed, so that the next attempt has less to do.
 *
 * @throws the gravest of the tasks' errors, after `keep`.
 */
export async function settleAll<T>(tasks: Promise<T>[], keep: (results: T[]) => Promise<void>): Promise<T[]> {
  const settled = await Promise.allSettled(tasks);
  const results = settled.flatMap((item) => (item.status === 'fulfilled' ? [item.value] : []));
  if (results.length > 0) await keep(results);
  const errors = settled.flatMap((item) => (item.status === 'rejected' ? [item.reason as unknown] : []));
  if (errors.length > 0) throw gravest(errors);
  return results;
}
