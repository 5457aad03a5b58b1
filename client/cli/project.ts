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
  /** The bundled system whose own config is used, because there is no config here. */
  bundled: BundledSystem | undefined;
}

const configNames = ['optimas.config.ts', 'optimas.config.mts', 'optimas.config.js', 'optimas.config.mjs'];

/** The systems that come with this package, each in the folder of its name. */
const bundledSystems = ['quickstart', 'hotpotqa', 'pubmedqa'] as const;
type BundledSystem = (typeof bundledSystems)[number];

/**
 * The config that `--config` names, else the one of the working directory, else that of the bundled system that is named (the
 * quick start's where none is).
 *
 * @throws DefinitionError
 */
export async function openProject(options: { config?: string; system?: string }): Promise<Project> {
  const own = options.config ?? configNames.find((name) => existsSync(path.resolve(name)));
  const bundled =
    own === undefined ? (bundledSystems.find((name) => name === options.system) ?? 'quickstart') : undefined;
  const { config, file } = await loadConfig(bundled === undefined ? own : bundledConfig(bundled));
  return {
    config,
    configFile: file,
    databaseUrl: config.database ?? defaultDatabase,
    taskQueue: taskQueueOf(config, file),
    bundled,
  };
}

function bundledConfig(system: BundledSystem): string {
  const compiled = path.join(packageRoot(), 'dist', 'systems', system, 'optimas.config.js');
  return existsSync(compiled) ? compiled : path.join(packageRoot(), 'systems', system, 'optimas.config.ts');
}

/** The system to run: the one that is named, else the only one there is. @throws DefinitionError */
export function chooseSystem(project: Project, names: readonly string[], wanted: string | undefined): string {
  if (wanted === undefined) {
    const [only] = names;
    if (names.length === 1 && only !== undefined && project.bundled === undefined) return only;
    throw new DefinitionError(
      project.bundled !== undefined
        ? `there is no optimas.config.ts in ${process.cwd()}: write one, name one with --config FILE, or try 'optimas run quickstart'`
        : `${project.configFile} defines several systems: name one of ${names.join(', ')}`,
    );
  }
  if (names.includes(wanted)) return wanted;
  throw new DefinitionError(
    project.bundled !== undefined
      ? `there is no system '${wanted}': there is no optimas.config.ts in ${process.cwd()} (name one with --config FILE), only the bundled systems (${bundledSystems.join(', ')})`
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
