import { Client, type Connection } from '@temporalio/client';
import { openDatabase, storesOf, type Stores } from '../storage';
import type { ConfigOptions } from '../workers/config/define-config';
import { connectClient, type TemporalTarget } from '../workers/temporal-connection';
import { OptimasClient } from './optimas-client';

/** A client of the runs of one config, with what it is made of. */
export interface OpenConnection {
  client: OptimasClient;
  temporal: Client;
  connection: Connection;
  stores: Stores;
  close(): Promise<void>;
}

/** Connects to a Temporal server and a database. @throws ServerUnreachable, StorageError */
export async function openConnection(
  target: TemporalTarget,
  project: {
    databaseUrl: string;
    taskQueue: string;
    config: Pick<ConfigOptions, 'optimization' | 'optimizers' | 'budget' | 'activities' | 'priority'>;
  },
): Promise<OpenConnection> {
  const connection = await connectClient(target);
  try {
    const database = await openDatabase(project.databaseUrl);
    const stores = storesOf(database);
    const temporal = new Client({ connection, namespace: target.namespace });
    return {
      client: new OptimasClient(temporal, stores, project.taskQueue, project.config),
      temporal,
      connection,
      stores,
      close: async () => {
        await connection.close();
        await database.close();
      },
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}
