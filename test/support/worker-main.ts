import { NativeConnection } from '@temporalio/worker';
import { HashedNgramEncoder } from '../../providers/encoder';
import { endWithParent } from '../../providers/processes';
import type { Ledger } from '../../storage';
import { scriptedChain } from '../../systems/synthetic';
import { defineConfig } from '../../workers/config/define-config';
import { openRuntime } from '../../workers/runtime';
import { startWorkers } from '../../workers/start-workers';
import type { WorkerProcessOptions } from './worker-process';

/** Calls then cost money, which a limit can hold back. */
const price = { promptPerMillion: 1, completionPerMillion: 2 };

/** A worker of its own process, to be killed: `node --require scripts/typescript.js worker-main.ts '<WorkerProcessOptions as JSON>'`. */
async function main(options: WorkerProcessOptions): Promise<void> {
  endWithParent();
  const endpoints = {
    scripted: {
      baseURL: options.endpointUrl,
      models: { small: { price }, large: { price } },
      pure: options.pure ?? true,
      concurrency: 32,
      headers: { 'x-worker': options.label ?? 'worker' },
    },
  };
  const runtime = await openRuntime(defineConfig({ systems: [scriptedChain()], endpoints }), {
    endpoints,
    openEncoder: () => Promise.resolve(new HashedNgramEncoder()),
    databaseUrl: options.databaseUrl,
  });
  if (options.dieAfterEntry !== undefined) dieAfterEntry(runtime.stores.ledger, options.dieAfterEntry);
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

/** The moment between an activity's commit and its report: nothing after the commit happens in this process. */
function dieAfterEntry(ledger: Ledger, kind: string): void {
  const append = ledger.append.bind(ledger);
  ledger.append = async (runId, entries) => {
    await append(runId, entries);
    if (entries.some((entry) => entry.kind === kind)) process.kill(process.pid, 'SIGKILL');
  };
}

void main(JSON.parse(process.argv[2] ?? '{}') as WorkerProcessOptions);
