import type { NativeConnection } from '@temporalio/worker';
import type { Config } from './config/define-config';
import type { LocalParts } from './local-parts';
import { installQuietRuntime } from './quiet-runtime';
import { openRuntime } from './runtime';
import { startWorkers } from './start-workers';
import { connectWorker, temporalTarget } from './temporal-connection';
import { at } from './find-temporal';

/** What one worker process serves. Plain JSON. */
export interface ServeRequest {
  configFile: string;
  /** host:port of the Temporal server. */
  address: string;
  taskQueue: string;
}

export interface Serving {
  identity: string;
  /** Resolves after `stop`; rejects when a worker dies. */
  done: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Serves a config's runs in this process.
 *
 * @throws DefinitionError, StorageError, ServerUnreachable
 */
export async function serve(config: Config, request: ServeRequest, parts: LocalParts): Promise<Serving> {
  const runtime = await openRuntime(config, parts);
  let connection: NativeConnection | undefined;
  const close = async (): Promise<void> => {
    try {
      await connection?.close();
    } finally {
      await runtime.close();
    }
  };
  /** @throws the cause, whatever the closing says. */
  const closeAfter = async (cause: unknown): Promise<never> => {
    await close().catch(() => undefined);
    throw cause;
  };
  try {
    installQuietRuntime();
    const target = at(temporalTarget(config.temporal), request.address);
    connection = await connectWorker(target);
    const workers = await startWorkers(runtime, {
      connection,
      namespace: target.namespace,
      taskQueue: request.taskQueue,
      shutdownGraceMs: 5_000,
    });
    const done = workers.done.then(close, closeAfter);
    return {
      identity: workers.identity,
      done,
      stop: async () => {
        await workers.shutdown();
        await done;
      },
    };
  } catch (error) {
    return closeAfter(error);
  }
}
