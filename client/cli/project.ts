import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../../workers/config/define-config';
import { loadConfig } from '../../workers/config/load-config';
import { DefinitionError } from '../../core/system/definition-error';
import { packageRoot } from '../../providers/processes/package-root';
import { openDatabase, storesOf, type Stores } from '../../storage';
import { requireTemporal } from '../../workers/find-temporal';
import { defaultDatabase } from '../../workers/runtime';
import { taskQueueOf } from '../../workers/task-queue-of';
import type { TemporalTarget } from '../../workers/temporal-connection';
import { openConnection, type OpenConnection } from '../open-connection';

/** What all commands start from. */
export interface Project {
  config: Config;
  configFile: string;
  databaseUrl: string;
  taskQueue: string;
  /** True when there is no config here and the quick start's own is used. */
  isQuickstart: boolean;
}

const configNames = ['optimas.config.ts', 'optimas.config.mts', 'optimas.config.js', 'optimas.config.mjs'];

/** The config that `--config` names, else the one of the working directory, else the quick start's. @throws DefinitionError */
export async function openProject(options: { config?: string }): Promise<Project> {
  const own = configNames.find((name) => existsSync(path.resolve(name)));
  const isQuickstart = options.config === undefined && own === undefined;
  const { config, file } = await loadConfig(isQuickstart ? quickstartConfig() : (options.config ?? own));
  return {
    config,
    configFile: file,
    databaseUrl: config.database ?? defaultDatabase,
    taskQueue: taskQueueOf(config, file),
    isQuickstart,
  };
}

function quickstartConfig(): string {
  const compiled = path.join(packageRoot(), 'dist', 'systems', 'quickstart', 'optimas.config.js');
  return existsSync(compiled) ? compiled : path.join(packageRoot(), 'systems', 'quickstart', 'optimas.config.ts');
}

/** The system to run: the one that is named, else the only one there is. @throws DefinitionError */
export function chooseSystem(project: Project, names: readonly string[], wanted: string | undefined): string {
  if (wanted === undefined) {
    const [only] = names;
    if (names.length === 1 && only !== undefined && !project.isQuickstart) return only;
    throw new DefinitionError(
      project.isQuickstart
        ? `there is no optimas.config.ts in ${process.cwd()}: write one, name one with --config FILE, or try 'optimas run quickstart'`
        : `${project.configFile} defines several systems: name one of ${names.join(', ')}`,
    );
  }
  if (names.includes(wanted)) return wanted;
  throw new DefinitionError(
    project.isQuickstart
      ? `there is no system '${wanted}': there is no optimas.config.ts in ${process.cwd()} (name one with --config FILE), only the quick start ('quickstart')`
      : `there is no system '${wanted}' in ${project.configFile}; it defines: ${names.join(', ')}`,
  );
}

/** The stores of a project's database. A command that only reads does not create one: undefined when there is none yet. */
export async function existingStores({ databaseUrl }: Project): Promise<Stores | undefined> {
  if (databaseUrl.startsWith('file:') && !existsSync(path.resolve(databaseUrl.slice('file:'.length)))) return undefined;
  return storesOf(await openDatabase(databaseUrl));
}

/** A project's runs: Temporal and the database together. */
export interface Runs extends OpenConnection {
  target: TemporalTarget;
}

/** @throws ServerUnreachable, StorageError */
export async function connectRuns(project: Project): Promise<Runs> {
  const { target } = await requireTemporal(project.config);
  return runsAt(project, target);
}

/** @throws ServerUnreachable, StorageError */
export async function runsAt(project: Project, target: TemporalTarget): Promise<Runs> {
  return { ...(await openConnection(target, project)), target };
}
