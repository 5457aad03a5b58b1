import type { ActivityDependencies } from '../activities';
import { resolveSystem, type ResolvedSystem } from '../activities/definition/resolve-system';
import { remember } from '../activities/remember';
import { DefinitionError } from '../core/system/definition-error';
import type { System } from '../core/system/system';
import { MemoisedEncoder, type Encoder, type EndpointEncoder } from '../providers/encoder';
import { LanguageModels, type EndpointOptions } from '../providers/language-models';
import { openDatabase, storesOf, type Stores } from '../storage';
import { configuredSystems, systemNamed } from './config/configured-systems';
import type { Config } from './config/define-config';
import { endpointEncoderOf, notOnThisMachine } from './endpoint-encoder-of';

export const defaultDatabase = 'file:.optimas/optimas.db';

/** What a process needs to know or run a config's systems. */
export interface Runtime {
  config: Config;
  systems: ReadonlyMap<string, System>;
  languageModels: LanguageModels;
  stores: Stores;
  encoder(): Promise<Encoder | EndpointEncoder>;
  resolve(system: string): Promise<ResolvedSystem>;
  close(): Promise<void>;
}

/** Where the parts come from that a ladder may have to find first. */
export interface RuntimeParts {
  /** Replaces the config's endpoints where those are `local`. */
  endpoints: Readonly<Record<string, EndpointOptions>>;
  /** The encoder on this machine; not called where the config names a model of an endpoint. */
  openEncoder(): Promise<Encoder>;
  encoderFiles?: readonly string[];
  databaseUrl?: string;
  /** The clock of what is stored, in milliseconds since 1970; for tests. */
  now?: () => number;
}

/**
 * Opens the database and defines the systems of a config.
 *
 * @throws DefinitionError or StorageError, saying what to mend.
 */
export async function openRuntime(config: Config, parts: RuntimeParts): Promise<Runtime> {
  const languageModels = new LanguageModels(parts.endpoints, process.env, {
    now: () => stores.callRates.now(),
    read: (endpoint) => stores.callRates.read(endpoint),
    replace: (...change) => stores.callRates.replace(...change),
  });
  if (config.proposer !== undefined && !languageModels.has(config.proposer)) {
    throw new DefinitionError(
      `config: proposer '${config.proposer}' is not a model of any endpoint; known models: ${languageModels.names.join(', ') || 'none'}`,
    );
  }
  const endpointEncoder = endpointEncoderOf(config, languageModels);
  const localEncoder = remember(async () => new MemoisedEncoder(await parts.openEncoder()));
  const systems = configuredSystems(config, {
    encode: async (texts, signal) => {
      if (endpointEncoder !== undefined) throw notOnThisMachine(endpointEncoder);
      return (await localEncoder()).encode(texts, signal);
    },
    encoderFiles: endpointEncoder === undefined ? (parts.encoderFiles ?? []) : [],
    models: languageModels.names,
  });
  const database = await openDatabase(parts.databaseUrl ?? config.database ?? defaultDatabase, {
    now: parts.now,
  });
  const stores = storesOf(database);
  return {
    config,
    systems,
    languageModels,
    stores,
    encoder: async () => endpointEncoder ?? localEncoder(),
    resolve: remember(async (name: string) =>
      resolveSystem(systemNamed(systems, name), { optimizers: config.optimizers ?? [], definedIn: config.definedIn }),
    ),
    close: () => database.close(),
  };
}

/** What the activities of one worker process work with; `workerIdentity` is recorded with what they do. */
export function activityDependencies(runtime: Runtime, workerIdentity: string): ActivityDependencies {
  return {
    stores: runtime.stores,
    resolve: runtime.resolve,
    languageModels: runtime.languageModels,
    encoder: runtime.encoder,
    proposer: runtime.config.proposer,
    workerIdentity,
  };
}
