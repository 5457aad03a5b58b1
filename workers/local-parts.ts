import { readdirSync } from 'node:fs';
import path from 'node:path';
import { DefinitionError } from '../core/system/definition-error';
import type { EmbeddedModelServer } from '../providers/embedded-models';
import { HashedNgramEncoder, OnnxEncoder, type Encoder } from '../providers/encoder';
import { cacheFolder, climb, encoderLadder, languageModelLadder, type LadderReport } from '../providers/ladders';
import type { EndpointOptions } from '../providers/language-models';
import type { Config } from './config/define-config';
import { localEndpoint } from './local-endpoint';
import type { RuntimeParts } from './runtime';
import { unpricedModels } from './unpriced-models';

/** A process started by another gets here, as JSON, what that one found. */
export const localPartsVariable = 'OPTIMAS_LOCAL_PARTS';

/** What the ladders found, as plain JSON. Never a key: the model client reads that from the environment itself. */
interface FoundParts {
  /** What the ladder found; the endpoints of a config are read from the config by every process itself. */
  endpoints: Record<string, EndpointOptions> | undefined;
  /** Folder of an ONNX encoder, or `hashed-ngrams`. Absent: the config names a model of an endpoint. */
  encoder?: string;
  /** True when the endpoints that the ladder found may cost money, at prices that are not known. */
  unknownPrices: boolean;
}

export interface LocalParts extends RuntimeParts {
  /** Models whose calls may cost money that nobody can count, because their prices are not known. */
  unpricedModels: readonly string[];
  /** Environment for a process that is to use the same parts. */
  environment: Readonly<Record<string, string>>;
  /** The embedded models' server, when that is what was found. */
  server: EmbeddedModelServer | undefined;
  /** Ends what was started here. */
  close(): Promise<void>;
}

export interface LocalPartsOptions {
  report?: LadderReport;
  /** Says what was found, a line each. */
  say?: (line: string) => void;
  environment?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

/**
 * Finds the models and the encoder that a config asks for, by the set-up ladders.
 *
 * @throws LadderError listing what was tried; DefinitionError for a setting that cannot be used.
 */
export async function findLocalParts(config: Config, options: LocalPartsOptions = {}): Promise<LocalParts> {
  const environment = options.environment ?? process.env;
  const handed = environment[localPartsVariable];
  if (handed) return localParts(config, JSON.parse(handed) as FoundParts, undefined, environment);
  const models = await findEndpoints(config, environment, options);
  const encoder = await findEncoder(config, environment, options);
  return localParts(config, { ...models.found, ...encoder }, models.server, environment);
}

async function findEndpoints(config: Config, environment: NodeJS.ProcessEnv, options: LocalPartsOptions) {
  if (config.endpoints !== 'local') return { found: { endpoints: undefined, unknownPrices: false }, server: undefined };
  const { report, signal, say } = options;
  const ladder = languageModelLadder(cacheFolder(environment), { environment, ...(report && { report }) });
  const { value, step } = await climb(ladder, report, signal);
  const { endpoints, unknownPrices, notes } = localEndpoint(value, step, environment);
  const names = Object.values(endpoints).flatMap(({ models }) => Object.keys(models));
  say?.(`language models: ${names.join(', ')} (${step}, ${value.baseURL})`);
  for (const note of notes) say?.(note);
  return { found: { endpoints, unknownPrices }, server: value.server };
}

async function findEncoder(
  config: Config,
  environment: NodeJS.ProcessEnv,
  options: LocalPartsOptions,
): Promise<{ encoder?: string }> {
  const wanted = config.encoder ?? 'all-MiniLM-L6-v2';
  if (typeof wanted === 'object') {
    options.say?.(`sentence encoder: model ${wanted.model} of an endpoint (its calls are charged to the runs)`);
    return {};
  }
  if (wanted === 'hashed-ngrams') {
    options.say?.('sentence encoder: hashed n-grams (no model)');
    return { encoder: wanted };
  }
  const folder = /[\\/]/.test(wanted) ? path.resolve(wanted) : undefined;
  if (folder === undefined && wanted !== 'all-MiniLM-L6-v2') {
    throw new DefinitionError(
      `config: encoder '${wanted}' is not known; use 'all-MiniLM-L6-v2', 'hashed-ngrams', a folder ('./encoder') or a model of an endpoint ({ model: 'name' })`,
    );
  }
  const { value, step } = await climb(
    encoderLadder(cacheFolder(environment), environment, folder),
    options.report,
    options.signal,
  );
  options.say?.(`sentence encoder: ${value} (${folder === undefined ? step : 'from the config'})`);
  return { encoder: value };
}

function localParts(
  config: Config,
  found: FoundParts,
  server: EmbeddedModelServer | undefined,
  environment: NodeJS.ProcessEnv,
): LocalParts {
  const { encoder } = found;
  const endpoints = found.endpoints ?? (config.endpoints === 'local' ? {} : (config.endpoints ?? {}));
  const folder = encoder === 'hashed-ngrams' ? undefined : encoder;
  return {
    endpoints,
    // Of what a ladder found, only what a person pointed it to may cost money.
    unpricedModels: found.endpoints === undefined || found.unknownPrices ? unpricedModels(endpoints, environment) : [],
    openEncoder: async (): Promise<Encoder> => {
      if (folder !== undefined) return OnnxEncoder.open(folder);
      if (encoder !== undefined) return new HashedNgramEncoder();
      throw new DefinitionError('config: the encoder is a model of an endpoint; there is none on this machine to open');
    },
    encoderFiles: folder === undefined ? [] : encoderFilesIn(folder),
    environment: { [localPartsVariable]: JSON.stringify(found) },
    server,
    close: async () => server?.stop(),
  };
}

/** What vectors depend on; weights may lie beside the model (`model.onnx_data`). */
function encoderFilesIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => /^(model\.onnx.*|tokenizer\.json|manifest\.json)$/.test(name));
  return names.sort().map((name) => path.join(folder, name));
}
