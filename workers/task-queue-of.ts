import path from 'node:path';
import { sha256 } from '../core/system/canonical-json';
import { isPostgresUrl, postgresAddress } from '../storage/postgres-url';
import type { Config } from './config/define-config';
import { defaultDatabase } from './runtime';
import { defaultTaskQueue } from './task-queues';

/**
 * The task queue of a config. Projects may share a Temporal server, but a worker can only serve the runs of its own config
 * and database. Without a setting the queue is named after both where the database is a file of this machine; a database
 * that machines share has one queue, named after it and its schema.
 *
 * @throws StorageError `UNSUPPORTED_URL` for a PostgreSQL URL that cannot be one.
 */
export function taskQueueOf(config: Config, configFile: string): string {
  if (config.temporal?.taskQueue !== undefined) return config.temporal.taskQueue;
  const database = config.database ?? defaultDatabase;
  if (isPostgresUrl(database)) return [defaultTaskQueue, ...sharedNames(database)].join('-');
  if (!database.startsWith('file:')) return defaultTaskQueue; // Opening the database says what is wrong with it.
  const file = path.resolve(database.slice('file:'.length));
  return `${defaultTaskQueue}-${sha256(`${path.resolve(configFile)}\n${file}`).slice(0, 8)}`;
}

/** Database, and schema where the URL sets one. The host is left out: machines may know one server by different names. */
function sharedNames(url: string): string[] {
  const { database, options } = postgresAddress(url).client;
  const schema = /search_path\s*=\s*([^\s,]+)/.exec(options ?? '')?.[1];
  // Queue names are quoted in the queries of Temporal's visibility.
  return [database, schema].flatMap((name) => (name ? [encodeURIComponent(name).replaceAll("'", '%27')] : []));
}
