import { NativeConnection } from '@temporalio/worker';
import { Connection } from '@temporalio/client';
import { messageOf } from '../core/system/interpreter';
import type { Config } from './config/define-config';
import { temporalEnvironment } from './temporal-environment';

/** A Temporal server that cannot be reached, or refuses. The message names the address and what to do. */
export class ServerUnreachable extends Error {
  override readonly name = 'ServerUnreachable';
}

/** Where the Temporal server is: the config's settings, else Temporal's own environment configuration. */
export function temporalTarget(config: Config['temporal'] = {}) {
  const loaded = temporalEnvironment(config.profile);
  return {
    namespace: config.namespace ?? loaded.namespace ?? 'default',
    options: {
      ...loaded.connectionOptions,
      address: config.address ?? loaded.connectionOptions.address ?? 'localhost:7233',
    },
  };
}

export type TemporalTarget = ReturnType<typeof temporalTarget>;

/** @throws ServerUnreachable */
export function connectWorker({ options }: TemporalTarget): Promise<NativeConnection> {
  return orUnreachable(options.address, () => NativeConnection.connect(options as never));
}

/** @throws ServerUnreachable */
export function connectClient({ options }: TemporalTarget): Promise<Connection> {
  return orUnreachable(options.address, () => Connection.connect({ ...(options as object), connectTimeout: 5_000 }));
}

async function orUnreachable<T>(address: string, connect: () => Promise<T>): Promise<T> {
  try {
    return await connect();
  } catch (cause) {
    throw new ServerUnreachable(
      `there is no Temporal server at ${address} (${messageOf(cause)}): start one with 'optimas dev', or set TEMPORAL_ADDRESS`,
      { cause },
    );
  }
}
