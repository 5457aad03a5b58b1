import path from 'node:path';
import { sha256 } from '../core/system/canonical-json';
import type { Config } from './config/define-config';
import { defaultDatabase } from './runtime';
import { defaultTaskQueue } from './task-queues';

/**
 * The task queue of a config. Projects on one machine may share a Temporal server, but a worker can only serve the runs of
 * its own config and database: without a setting the queue is named after both. A shared database has one queue.
 */
export function taskQueueOf(config: Config, configFile: string): string {
  if (config.temporal?.taskQueue !== undefined) return config.temporal.taskQueue;
  const database = config.database ?? defaultDatabase;
  if (!database.startsWith('file:')) return defaultTaskQueue;
  const file = path.resolve(database.slice('file:'.length));
  return `${defaultTaskQueue}-${sha256(`${path.resolve(configFile)}\n${file}`).slice(0, 8)}`;
}
