import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../core/system/interpreter';
import { embeddedModels } from '../../providers/embedded-models';
import { HashedNgramEncoder, OnnxEncoder } from '../../providers/encoder';
import { cacheFolder, modelsFolder } from '../../providers/ladders';
import { LanguageModels } from '../../providers/language-models';
import { inspectDatabase } from '../../storage';
import { configuredSystems } from '../../workers/config/configured-systems';
import { findTemporal } from '../../workers/find-temporal';
import { liveWorkers } from '../../workers/live-workers';
import { missingSearchAttributes } from '../../workers/search-attribute-registration';
import { connectClient } from '../../workers/temporal-connection';
import { openProject, type Project } from './project';

/** One thing that was looked at. `missing`: not there yet, but `optimas run` gets or starts it. */
export interface Check {
  what: string;
  state: 'ok' | 'missing' | 'failed';
  finding: string;
  remedy?: string;
}

const leastFreeBytes = 2e9;
const pingMs = 10_000;

/** Looks at everything that a run needs, one after the other; changes and downloads nothing. */
export async function* checkUp(options: { config?: string }): AsyncGenerator<Check> {
  yield nodeVersion();
  let project: Project;
  try {
    project = await openProject(options);
  } catch (error) {
    yield { what: 'config', state: 'failed', finding: messageOf(error) };
    return;
  }
  yield { what: 'config', state: 'ok', finding: project.configFile };
  yield await database(project);
  yield* temporal(project);
  yield* models(project);
  yield await encoder(project);
  yield await freeDisk('working directory', process.cwd());
}

function nodeVersion(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const fits = major > 20 || (major === 20 && minor >= 19);
  return {
    what: 'Node.js',
    state: fits ? 'ok' : 'failed',
    finding: process.versions.node,
    ...(fits ? {} : { remedy: 'install Node.js 20.19 or newer' }),
  };
}

async function database({ databaseUrl }: Project): Promise<Check> {
  const what = 'database';
  if (databaseUrl.startsWith('file:')) {
    const file = path.resolve(databaseUrl.slice('file:'.length));
    const exists = await access(file).then(
      () => true,
      () => false,
    );
    if (!exists)
      return { what, state: 'missing', finding: `${databaseUrl} does not exist yet`, remedy: 'the first run makes it' };
  }
  try {
    const { url, missingSteps } = await inspectDatabase(databaseUrl, { patienceMs: 5_000 });
    if (missingSteps === 0) return { what, state: 'ok', finding: url };
    return missingSteps > 0
      ? {
          what,
          state: 'missing',
          finding: `${url} lacks tables of this version`,
          remedy: 'the first run or worker makes them; workers of an older version then refuse the database',
        }
      : {
          what,
          state: 'failed',
          finding: `${url} was written by a newer Optimas`,
          remedy: 'upgrade optimas or use another database',
        };
  } catch (error) {
    return { what, state: 'failed', finding: messageOf(error) };
  }
}

async function* temporal(project: Project): AsyncGenerator<Check> {
  const what = 'Temporal server';
  const found = await findTemporal(project.config);
  if (found === undefined) {
    yield { what, state: 'missing', finding: 'none is running', remedy: "'optimas run' and 'optimas dev' start one" };
    return;
  }
  const { target } = found;
  try {
    const connection = await connectClient(target);
    try {
      yield { what, state: 'ok', finding: `${target.options.address}, namespace ${target.namespace} (${found.by})` };
      const missing = await missingSearchAttributes(connection, target.namespace);
      yield missing.length === 0
        ? { what: 'search attributes', state: 'ok', finding: 'registered' }
        : {
            what: 'search attributes',
            state: 'missing',
            finding: `${missing.join(', ')} not registered`,
            remedy: "'optimas setup' registers them",
          };
      const workers = await liveWorkers(connection, target.namespace, project.taskQueue);
      yield workers.length > 0
        ? { what: 'worker', state: 'ok', finding: workers.join(', ') }
        : {
            what: 'worker',
            state: 'missing',
            finding: `none serves task queue ${project.taskQueue}`,
            remedy: "'optimas run' and 'optimas worker' start one",
          };
    } finally {
      await connection.close();
    }
  } catch (error) {
    yield { what, state: 'failed', finding: messageOf(error) };
  }
}

async function* models({ config }: Project): AsyncGenerator<Check> {
  if (config.endpoints === 'local') {
    yield await localModels();
    return;
  }
  const endpoints = config.endpoints ?? {};
  const languageModels = new LanguageModels(endpoints);
  for (const name of Object.keys(endpoints)) {
    const what = `endpoint ${name}`;
    try {
      const { baseURL, latencyMs, missing } = await languageModels.ping(name, { signal: AbortSignal.timeout(pingMs) });
      yield missing.length === 0
        ? { what, state: 'ok', finding: `${baseURL} answers in ${latencyMs} ms` }
        : {
            what,
            state: 'failed',
            finding: `${baseURL} does not list ${missing.join(', ')}`,
            remedy: "correct the model's name or id in the config",
          };
    } catch (error) {
      yield { what, state: 'failed', finding: messageOf(error) };
    }
  }
  yield systems(config, languageModels.names);
}

function systems(config: Project['config'], names: readonly string[]): Check {
  const what = 'systems';
  try {
    const noVectors = (): Promise<Float32Array[]> => Promise.reject(new Error('not while the config is checked'));
    const defined = configuredSystems(config, { encode: noVectors, encoderFiles: [], models: names });
    return { what, state: 'ok', finding: [...defined.keys()].join(', ') };
  } catch (error) {
    return { what, state: 'failed', finding: messageOf(error) };
  }
}

async function localModels(): Promise<Check> {
  const what = 'language models';
  const { OPENAI_BASE_URL: baseURL, OPENAI_API_KEY: key } = process.env;
  if (baseURL || key) {
    // Listing models needs none, but an endpoint without one is refused.
    const models = new LanguageModels({ local: { models: { any: {} } } });
    try {
      const { baseURL: asked, latencyMs } = await models.ping('local', { signal: AbortSignal.timeout(pingMs) });
      return { what, state: 'ok', finding: `${asked} answers in ${latencyMs} ms` };
    } catch (error) {
      return { what, state: 'failed', finding: messageOf(error) };
    }
  }
  const files = embeddedModels.map(({ file }) => path.join(modelsFolder(cacheFolder()), file));
  const absent = (await Promise.all(files.map(isAbsent))).filter(Boolean).length;
  return absent === 0
    ? { what, state: 'ok', finding: 'the embedded models are in the cache' }
    : {
        what,
        state: 'missing',
        finding: 'no endpoint is set and the embedded models are not in the cache',
        remedy: "'optimas setup' fetches them (350 MB), or set OPENAI_BASE_URL and OPENAI_API_KEY",
      };
}

async function encoder({ config }: Project): Promise<Check> {
  const what = 'sentence encoder';
  const wanted = config.encoder ?? 'all-MiniLM-L6-v2';
  try {
    if (typeof wanted === 'object') return endpointEncoder(config, wanted.model);
    if (wanted === 'hashed-ngrams') return { what, state: 'ok', finding: new HashedNgramEncoder().identity };
    const folder = /[\\/]/.test(wanted)
      ? wanted
      : process.env['OPTIMAS_ENCODER'] || path.join(cacheFolder(), 'encoders', 'all-minilm-l6-v2-int8');
    if (!/[\\/]/.test(wanted) && (await isAbsent(path.join(folder, 'model.onnx')))) {
      return {
        what,
        state: 'missing',
        finding: `${wanted} is not in the cache`,
        remedy: "'optimas setup' fetches it (23 MB)",
      };
    }
    const opened = await OnnxEncoder.open(folder);
    await opened.close();
    return { what, state: 'ok', finding: `${folder}, ${opened.dimension} dimensions` };
  } catch (error) {
    return { what, state: 'failed', finding: messageOf(error) };
  }
}

function endpointEncoder({ endpoints = {} }: Project['config'], model: string): Check {
  const what = 'sentence encoder';
  const charged = 'its calls are charged to the runs';
  // Which models those are, only the set-up ladder knows.
  if (endpoints === 'local') return { what, state: 'ok', finding: `model ${model} of the endpoint found, ${charged}` };
  const [name] = Object.entries(endpoints).find(([, { models }]) => Object.hasOwn(models, model)) ?? [];
  return name === undefined
    ? {
        what,
        state: 'failed',
        finding: `no endpoint has the model ${model}`,
        remedy: "name one of the endpoints' models as encoder in the config",
      }
    : { what, state: 'ok', finding: `model ${model} of endpoint ${name}, ${charged}` };
}

async function freeDisk(where: string, folder: string): Promise<Check> {
  const { bavail, bsize } = await statfs(folder);
  const writable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
  const what = `disk of the ${where}`;
  const free = bavail * bsize;
  const finding = `${(free / 1e9).toFixed(1)} GB free`;
  if (!writable)
    return {
      what,
      state: 'failed',
      finding: `${folder} is not writable`,
      remedy: 'change its permissions, or work elsewhere',
    };
  return free < leastFreeBytes
    ? { what, state: 'failed', finding, remedy: 'free at least 2 GB' }
    : { what, state: 'ok', finding };
}

function isAbsent(file: string): Promise<boolean> {
  return access(file).then(
    () => false,
    () => true,
  );
}
