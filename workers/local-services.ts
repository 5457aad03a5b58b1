import path from 'node:path';
import { cacheFolder, climb, temporalLadder, type LadderReport } from '../providers/ladders';
import { startOwnProgram, startTemporalServer, type RunningProcess, type TemporalServer } from '../providers/processes';
import type { Config } from './config/define-config';
import { developmentServerSettings } from './development-server-settings';
import type { LocalParts } from './local-parts';
import { searchAttributeTypes } from './search-attribute-registration';
import type { ServeRequest } from './serve';
import { stateFiles, stateFolder } from './state-folder';
import { ServerUnreachable, temporalTarget } from './temporal-connection';
import { workerEnvironment } from './worker-environment';

export interface DevelopmentServerOptions {
  /** Default: a free one. */
  port?: number;
  /** 0 for a free one; absent: no web interface. */
  uiPort?: number;
  report?: LadderReport;
  signal?: AbortSignal;
}

export interface DevelopmentServer extends TemporalServer {
  /** The step of the set-up ladder that its program comes from. */
  readonly step: string;
}

/**
 * Starts the project's Temporal development server as a child process, or finds the one that another process of the
 * project started. It ends when this process does; its state stays in the state folder.
 *
 * @throws LadderError, ProcessError (a taken port, for instance)
 */
export async function startDevelopmentServer(
  config: Config,
  options: DevelopmentServerOptions,
): Promise<DevelopmentServer> {
  const { value, step } = await climb(
    temporalLadder(cacheFolder(), { ...process.env, TEMPORAL_ADDRESS: '' }),
    options.report,
    options.signal,
  );
  if (!('binary' in value)) throw new ServerUnreachable(`there is a Temporal server at ${value.address} already`);
  const folder = stateFolder();
  const server = await startTemporalServer({
    binary: value.binary,
    namespace: temporalTarget(config.temporal).namespace,
    dbFilename: path.join(folder, stateFiles.temporalDatabase),
    recordFile: path.join(folder, stateFiles.temporalRecord),
    logFile: path.join(folder, stateFiles.temporalLog),
    searchAttributes: searchAttributeTypes,
    dynamicConfig: developmentServerSettings,
    port: options.port,
    uiPort: options.uiPort,
    signal: options.signal,
  });
  return { ...server, step };
}

/**
 * Starts a worker as a child process that uses the parts found here. It ends when this process does.
 *
 * @throws ProcessError with the end of its log.
 */
export function startWorkerProcess(
  request: ServeRequest,
  parts: LocalParts,
  signal?: AbortSignal,
): Promise<RunningProcess> {
  return startOwnProgram({
    name: 'the worker',
    program: path.join(__dirname, 'worker-main'),
    arguments: [JSON.stringify(request)],
    environment: workerEnvironment(parts),
    logFile: path.join(stateFolder(), stateFiles.workerLog),
    readyTimeoutMs: 120_000,
    signal,
  });
}
