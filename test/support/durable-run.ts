import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { OptimasClient } from '../../client/optimas-client';
import { openDatabase, storesOf, type Stores } from '../../storage';
import { suiteEnvironment } from '../suite-environment';
import { temporalExecutable } from '../temporal-executable';
import { startDurableServer, type DurableServer } from './durable-server';
import { startEndpointProcess, type EndpointProcess } from './endpoint-process';
import type { WorkerProcessOptions } from './worker-process';

/** A Temporal server, an endpoint and a database of one test, all of which survive a kill of the processes around them. */
export interface DurableRun {
  server: DurableServer;
  endpoint: EndpointProcess;
  stores: Stores;
  temporal: Client;
  client: OptimasClient;
  /** What a worker process of it is started with. */
  worker: WorkerProcessOptions;
  /** Ends all that is open here; workers are to be killed before. */
  close(): Promise<void>;
}

export async function openDurableRun(taskQueue: string): Promise<DurableRun> {
  const folder = await mkdtemp(join(tmpdir(), 'optimas-durable-'));
  const server = await startDurableServer(folder, await temporalExecutable());
  const endpoint = await startEndpointProcess({ latencyMs: 20 });
  const database = await openDatabase(`file:${join(folder, 'optimas.db')}`);
  const connection = await Connection.connect({ address: server.address });
  const temporal = new Client({ connection });
  const stores = storesOf(database);
  return {
    server,
    endpoint,
    stores,
    temporal,
    client: new OptimasClient(temporal, stores, taskQueue),
    worker: {
      address: server.address,
      taskQueue,
      databaseUrl: database.url,
      endpointUrl: endpoint.url,
      bundlePath: suiteEnvironment().workflowBundle,
    },
    async close() {
      await connection.close();
      await server.stop();
      await endpoint.stop();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
