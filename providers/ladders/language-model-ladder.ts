import path from 'node:path';
import { z } from 'zod';
import { startEmbeddedModels, type EmbeddedModelServer } from '../embedded-models/start-embedded-models';
import { climb, StepUnavailable, type Attempt, type Ladder, type LadderReport } from './climb';
import { llamaLadder } from './llama-ladder';
import { modelFileLadder, modelFiles, modelsFolder } from './model-file-ladder';

const localServers = [
  { name: 'Ollama', port: 11434 },
  { name: 'llama-server', port: 8080 },
  { name: 'LM Studio', port: 1234 },
];
const probeMs = 1500;
const openAI = 'https://api.openai.com/v1';

/** An OpenAI-compatible endpoint to use. A key is never part of it: the model client reads OPENAI_API_KEY itself. */
export interface FoundEndpoint {
  readonly baseURL: string;
  /** Names of its models; empty when it does not list them. */
  readonly models: readonly string[];
  /** Replies are a pure function of the request. */
  readonly pure: boolean;
  /** The embedded server, when that is it. */
  readonly server?: EmbeddedModelServer;
}

/**
 * Ways to language models: a configured endpoint, a local server already running, the embedded models. `report` hears of
 * what the embedded models need to have installed.
 */
export function languageModelLadder(
  cache: string,
  options: {
    readonly environment?: NodeJS.ProcessEnv;
    readonly report?: LadderReport;
    /** Skips the local servers already running; tests and repeatable runs want to. */
    readonly localServers?: readonly { readonly name: string; readonly port: number }[];
  } = {},
): Ladder<FoundEndpoint> {
  const environment = options.environment ?? process.env;
  return {
    what: 'A language model endpoint',
    remedy: 'set OPENAI_BASE_URL and OPENAI_API_KEY, or start a local server (for instance `ollama serve`)',
    steps: [
      {
        name: 'OPENAI_BASE_URL / OPENAI_API_KEY',
        kind: 'setting',
        take: (attempt) => configuredEndpoint(environment, attempt),
      },
      ...(options.localServers ?? localServers).map(({ name, port }) => ({
        name: `${name} at port ${port}`,
        take: (attempt: Attempt) => localServer(`http://127.0.0.1:${port}/v1`, attempt),
      })),
      {
        name: 'embedded models',
        // The ladders below watch over their own steps.
        silenceMs: Infinity,
        take: (attempt) => embedded(cache, options.report, attempt),
      },
    ],
  };
}

async function configuredEndpoint(environment: NodeJS.ProcessEnv, attempt: Attempt): Promise<FoundEndpoint> {
  const key = environment['OPENAI_API_KEY'];
  if (!environment['OPENAI_BASE_URL'] && !key) throw new StepUnavailable('not set');
  const baseURL = (environment['OPENAI_BASE_URL'] || openAI).replace(/\/+$/, '');
  if (!URL.canParse(baseURL)) throw new Error(`OPENAI_BASE_URL is not a URL: ${JSON.stringify(baseURL)}`);
  // Listing models is optional in a compatible endpoint; whether it works is seen, and classified, with the first call.
  const models = await listModels(baseURL, key, attempt.signal).catch(() => []);
  return { baseURL, models, pure: false };
}

async function localServer(baseURL: string, attempt: Attempt): Promise<FoundEndpoint> {
  const models = await listModels(baseURL, undefined, attempt.signal).catch((cause: unknown) => {
    throw new StepUnavailable('nothing answers there', { cause });
  });
  if (models.length === 0) throw new StepUnavailable('it runs but has no language model');
  return { baseURL, models, pure: false };
}

const modelList = z.object({ data: z.array(z.object({ id: z.string() })) });

async function listModels(baseURL: string, key: string | undefined, signal: AbortSignal): Promise<string[]> {
  const response = await fetch(`${baseURL}/models`, {
    headers: key ? { authorization: `Bearer ${key}` } : {},
    signal: AbortSignal.any([signal, AbortSignal.timeout(probeMs)]),
  });
  if (!response.ok) throw new Error(`${baseURL}/models answered ${response.status}`);
  const { data } = modelList.parse(await response.json());
  return data.map(({ id }) => id).filter((id) => !id.toLowerCase().includes('embed'));
}

async function embedded(cache: string, report: LadderReport | undefined, { signal }: Attempt): Promise<FoundEndpoint> {
  const { value: runtimeFolder } = await climb(llamaLadder(cache), report, signal);
  for (const source of modelFiles) await climb(modelFileLadder(cache, source), report, signal);
  const server = await startEmbeddedModels({
    runtimeFolder,
    modelsFolder: modelsFolder(cache),
    logFile: path.join(cache, 'embedded-models.log'),
    recordFile: path.join(cache, 'embedded-models.json'),
    signal,
  });
  return { baseURL: server.baseURL, models: server.models, pure: true, server };
}
