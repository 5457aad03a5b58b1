import type { Client } from '@temporalio/client';
import { loadConfig } from '../workers/config/load-config';
import { requireTemporal } from '../workers/find-temporal';
import { defaultDatabase } from '../workers/runtime';
import { taskQueueOf } from '../workers/task-queue-of';
import { openConnection } from './open-connection';
import type { OptimasClient } from './optimas-client';

/** A client of the runs of one config, with what it holds open. */
export interface ConnectedClient {
  client: OptimasClient;
  temporal: Client;
  close(): Promise<void>;
}

/**
 * Connects to the Temporal server and the database of a config file (default: `optimas.config.*` in the working directory).
 *
 * @throws DefinitionError, ServerUnreachable, StorageError
 */
export async function connect(options: { configFile?: string } = {}): Promise<ConnectedClient> {
  const { config, file } = await loadConfig(options.configFile);
  const { target } = await requireTemporal(config);
  const { client, temporal, close } = await openConnection(target, {
    config,
    databaseUrl: config.database ?? defaultDatabase,
    taskQueue: taskQueueOf(config, file),
  });
  return { client, temporal, close };
}
