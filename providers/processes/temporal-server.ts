import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import { z } from 'zod';
import { choosePort } from './free-port';
import { findOrStart, forgetServer } from './server-record';
import { startForeignProgram } from './start-process';

const detailSchema = z.object({
  address: z.string(),
  uiUrl: z.string().optional(),
  namespace: z.string(),
  dbFilename: z.string().optional(),
});
type Detail = z.infer<typeof detailSchema>;

const mostStarts = 3;

/**
 * A write-ahead log: a transaction waits for the disk once, where the server's default, a rollback journal, waits several times.
 * What it answered is on the disk as before.
 */
const writeAheadLog = ['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=full'];

export interface TemporalServerOptions {
  /** The `temporal` executable. */
  readonly binary: string;
  /** Where it keeps its state; in memory when absent. */
  readonly dbFilename?: string | undefined;
  /** Default: a free one. */
  readonly port?: number | undefined;
  /** Port of the web interface, 0 for a free one; without it there is no web interface. */
  readonly uiPort?: number | undefined;
  readonly namespace: string;
  readonly logFile: string;
  /** Dynamic configuration of the server, by key. */
  readonly dynamicConfig?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** Search attributes to register: name to type (`Keyword`, `Int`, `Double`, ...). */
  readonly searchAttributes?: Readonly<Record<string, string>> | undefined;
  /** Where it is recorded, so that a server already running is found again; without it one is always started. */
  readonly recordFile?: string | undefined;
  /** Milliseconds; default 60,000. */
  readonly readyTimeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface TemporalServer {
  /** host:port of the gRPC frontend. */
  readonly address: string;
  readonly uiUrl: string | undefined;
  readonly pid: number;
  /** True when another process had started it; `stop` then leaves it running. */
  readonly found: boolean;
  stop(): Promise<void>;
}

/**
 * Starts a Temporal development server, or finds the one in `recordFile`. It ends when this process does. Throws
 * ProcessError when a port is taken or it does not become ready; the message has the end of its log.
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const { recordFile } = options;
  if (recordFile === undefined) return ownServer(await start(options), undefined);
  const outcome = await findOrStart({
    file: recordFile,
    verify: (detail) => verify(detail, options),
    start: () => start(options),
    signal: options.signal,
  });
  if ('started' in outcome) return ownServer(outcome.started, recordFile);
  const { pid, detail } = outcome.found;
  return { address: detail.address, uiUrl: detail.uiUrl, pid, found: true, stop: async () => undefined };
}

type Started = Awaited<ReturnType<typeof start>>;

function ownServer({ pid, detail, stop }: Started, recordFile: string | undefined): TemporalServer {
  return {
    address: detail.address,
    uiUrl: detail.uiUrl,
    pid,
    found: false,
    stop: async () => {
      await stop();
      if (recordFile !== undefined) await forgetServer(recordFile, pid);
    },
  };
}

/** A port that was free may be another program's by the time the server listens: then another one is tried. */
async function start(options: TemporalServerOptions): ReturnType<typeof startOnce> {
  for (let tries = 1; ; tries++) {
    try {
      return await startOnce(options);
    } catch (error) {
      if (tries === mostStarts || options.port !== undefined || !(await portWasTaken(options.logFile))) throw error;
    }
  }
}

async function portWasTaken(logFile: string): Promise<boolean> {
  return (await readFile(logFile, 'utf8').catch(() => '')).includes('address already in use');
}

/** Of `temporal server start-dev`. */
export function dynamicConfigArguments(values: NonNullable<TemporalServerOptions['dynamicConfig']>): string[] {
  return Object.entries(values).flatMap(([key, value]) => [
    '--dynamic-config-value',
    `${key}=${JSON.stringify(value)}`,
  ]);
}

async function startOnce(options: TemporalServerOptions) {
  const port = await choosePort(options.port, 'the Temporal server', 'a port of its own (for instance --port 7234)');
  const uiPort =
    options.uiPort === undefined
      ? undefined
      : await choosePort(options.uiPort || undefined, 'the Temporal web interface', 'a --ui-port of its own');
  const detail: Detail = {
    address: `127.0.0.1:${port}`,
    namespace: options.namespace,
    uiUrl: uiPort === undefined ? undefined : `http://127.0.0.1:${uiPort}`,
    dbFilename: options.dbFilename === undefined ? undefined : path.resolve(options.dbFilename),
  };
  if (detail.dbFilename !== undefined) await mkdir(path.dirname(detail.dbFilename), { recursive: true });
  const running = await startForeignProgram({
    name: 'the Temporal server',
    command: options.binary,
    arguments: [
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--namespace', options.namespace],
      ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]),
      ...['--log-level', 'warn', '--log-format', 'json'],
      ...(detail.dbFilename === undefined ? [] : ['--db-filename', detail.dbFilename, ...writeAheadLog]),
      ...dynamicConfigArguments(options.dynamicConfig ?? {}),
      ...Object.entries(options.searchAttributes ?? {}).flatMap(([key, type]) => [
        '--search-attribute',
        `${key}=${type}`,
      ]),
    ],
    logFile: options.logFile,
    readyTimeoutMs: options.readyTimeoutMs ?? 60_000,
    signal: options.signal,
    ready: () => servesNamespace(detail.address, options.namespace),
  });
  return { pid: running.pid, detail, stop: () => running.stop() };
}

async function verify(recorded: unknown, options: TemporalServerOptions): Promise<Detail | undefined> {
  const { success, data } = detailSchema.safeParse(recorded);
  if (!success || data.namespace !== options.namespace) return undefined;
  if (options.port !== undefined && data.address !== `127.0.0.1:${options.port}`) return undefined;
  if (options.dbFilename !== undefined && data.dbFilename !== path.resolve(options.dbFilename)) return undefined;
  return (await servesNamespace(data.address, options.namespace).catch(() => false)) ? data : undefined;
}

/** Whether a Temporal server answers at `address` (host:port) and has the namespace; rejects when none answers. */
export async function servesNamespace(address: string, namespace: string): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: 1000 });
  try {
    await connection.withDeadline(Date.now() + 2000, () => connection.workflowService.describeNamespace({ namespace }));
    return true;
  } finally {
    await connection.close();
  }
}
