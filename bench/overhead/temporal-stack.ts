import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { OptimasClient } from '../../client/optimas-client';
import { cacheFolder, climb, temporalLadder } from '../../providers/ladders';
import { startOwnProgram, startTemporalServer } from '../../providers/processes';
import { loadConfig } from '../../workers/config/load-config';
import { developmentServerSettings } from '../../workers/development-server-settings';
import { findLocalParts } from '../../workers/local-parts';
import { openRuntime, type Runtime } from '../../workers/runtime';
import { searchAttributeTypes } from '../../workers/search-attribute-registration';
import type { ServeRequest } from '../../workers/serve';
import { workerEnvironment } from '../../workers/worker-environment';

/** A development server, a worker process and a client of their own, with empty databases in a folder. */
export interface TemporalStack {
  client: OptimasClient;
  temporal: Client;
  runtime: Runtime;
  serverPid: number;
  workerPid: number;
  /** Rejects nothing: resolves when the worker process has ended, for whatever reason. */
  workerEnded: Promise<void>;
  /** File of the server's database. */
  serverDatabase: string;
  close(): Promise<void>;
}

/** Variables of the environment are how the worker process's config gets what differs between repeats. */
export async function startTemporalStack(options: {
  folder: string;
  configFile: string;
  environment: Readonly<Record<string, string>>;
}): Promise<TemporalStack> {
  const { folder, configFile, environment } = options;
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    const { value } = await climb(temporalLadder(cacheFolder(), { ...process.env, TEMPORAL_ADDRESS: '' }));
    if (!('binary' in value)) throw new Error(`the bench needs a server of its own, not the one at ${value.address}`);
    const serverDatabase = path.join(folder, 'temporal.db');
    const server = await startTemporalServer({
      binary: value.binary,
      namespace: 'default',
      dbFilename: serverDatabase,
      logFile: path.join(folder, 'temporal.log'),
      searchAttributes: searchAttributeTypes,
      // As `optimas dev` starts it.
      dynamicConfig: developmentServerSettings,
    });
    closing.push(() => server.stop());
    Object.assign(process.env, environment);
    const { config } = await loadConfig(configFile);
    const parts = await findLocalParts(config);
    const runtime = await openRuntime(config, parts);
    closing.push(() => runtime.close());
    const connection = await Connection.connect({ address: server.address });
    closing.push(() => connection.close());
    const taskQueue = 'bench';
    const request: ServeRequest = { configFile, address: server.address, taskQueue };
    const worker = await startOwnProgram({
      name: 'the worker',
      program: path.join(__dirname, '../../dist/workers/worker-main'),
      arguments: [JSON.stringify(request)],
      environment: workerEnvironment(parts),
      logFile: path.join(folder, 'worker.log'),
      readyTimeoutMs: 120_000,
    });
    closing.push(() => worker.stop());
    const temporal = new Client({ connection });
    return {
      client: new OptimasClient(temporal, runtime.stores, taskQueue, config),
      temporal,
      runtime,
      serverPid: server.pid,
      workerPid: worker.pid,
      workerEnded: worker.ended,
      serverDatabase,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
