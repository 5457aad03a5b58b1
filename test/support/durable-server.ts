import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { freePort, processAlive, startTemporalServer, type TemporalServer } from '../../providers/processes';
import { developmentServerSettings } from '../../workers/development-server-settings';

const mostStarts = 4;

/** A Temporal server with a database file, to be killed and started again on the same port. */
export interface DurableServer {
  /** host:port, the same after each start. */
  readonly address: string;
  /** File with what the server printed. */
  readonly logFile: string;
  start(): Promise<void>;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it; its files are in `folder`. It ends when this process does. */
export async function startDurableServer(folder: string, binary: string): Promise<DurableServer> {
  const port = await freePort();
  const logFile = join(folder, 'temporal.log');
  let server: TemporalServer | undefined;
  const startOnce = (): Promise<TemporalServer> =>
    startTemporalServer({
      binary,
      port,
      namespace: 'default',
      dbFilename: join(folder, 'temporal.db'),
      logFile,
      dynamicConfig: developmentServerSettings,
      searchAttributes: { OptimasSystem: 'Keyword', OptimasPhase: 'Keyword' },
    });
  const start = async (): Promise<void> => {
    for (let tries = 1; server === undefined; tries++) {
      try {
        server = await startOnce();
      } catch (error) {
        // While it was away, another connection may have got its port, for a moment.
        if (tries === mostStarts) throw error;
        await sleep(1_000);
      }
    }
  };
  await start();
  return {
    address: `127.0.0.1:${port}`,
    logFile,
    start,
    async kill() {
      if (server === undefined) return;
      const { pid } = server;
      if (processAlive(pid)) process.kill(pid, 'SIGKILL');
      // Its guardian reaps it and ends.
      await stillRunning(server.stop());
      while (processAlive(pid)) await sleep(10);
      server = undefined;
    },
    async stop() {
      await stillRunning(server?.stop());
      server = undefined;
    },
  };
}

/** The server's process does not keep this one running: without a timer it would end before the server has. */
async function stillRunning(work: Promise<void> | undefined): Promise<void> {
  const timer = setInterval(() => {}, 1_000);
  try {
    await work;
  } finally {
    clearInterval(timer);
  }
}
