import { NativeConnection } from '@temporalio/worker';
import { HashedNgramEncoder } from '../../providers/encoder';
import { scriptedChain } from '../../systems/synthetic';
import { defineConfig } from '../../workers/config/define-config';
import { openRuntime } from '../../workers/runtime';
import { startWorkers } from '../../workers/start-workers';
import type { WorkerProcessOptions } from './worker-process';

/** A worker of its own process, to be killed: `node jiti worker-main.ts '<WorkerProcessOptions as JSON>'`. */
async function main(options: WorkerProcessOptions): Promise<void> {
  const endpoints = {
    scripted: { baseURL: options.endpointUrl, models: { small: {}, large: {} }, pure: true, concurrency: 32 },
  };
  const runtime = await openRuntime(defineConfig({ systems: [scriptedChain()], endpoints }), {
    endpoints,
    openEncoder: () => Promise.resolve(new HashedNgramEncoder()),
    databaseUrl: options.databaseUrl,
  });
  const workers = await startWorkers(runtime, {
    connection: await NativeConnection.connect({ address: options.address }),
    namespace: 'default',
    taskQueue: options.taskQueue,
    bundlePath: options.bundlePath,
    stickyTimeoutMs: 1_000,
  });
  process.stdout.write('ready\n');
  await workers.done;
}

void main(JSON.parse(process.argv[2] ?? '{}') as WorkerProcessOptions);
