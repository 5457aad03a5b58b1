import path from 'node:path';
import { z } from 'zod';
import { choosePort } from '../processes/free-port';
import { findOrStart, forgetServer } from '../processes/server-record';
import { startOwnProgram } from '../processes/start-process';

const detailSchema = z.object({ baseURL: z.string(), models: z.array(z.string()) });
type Detail = z.infer<typeof detailSchema>;

export interface EmbeddedModelsOptions {
  /** Where node-llama-cpp was installed, and where the model files are: see the ladders. */
  readonly runtimeFolder: string;
  readonly modelsFolder: string;
  readonly logFile: string;
  /** Where the server is recorded, so that other processes find it: one per machine is enough. */
  readonly recordFile: string;
  /** Default: a free one. */
  readonly port?: number | undefined;
  /** Milliseconds; default 120,000: a busy machine reads 350 MB slowly. */
  readonly readyTimeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface EmbeddedModelServer {
  /** For an OpenAI client; no key is needed. */
  readonly baseURL: string;
  readonly models: readonly string[];
  readonly pid: number;
  /** True when another process had started it; `stop` then leaves it running. */
  readonly found: boolean;
  stop(): Promise<void>;
}

/**
 * Starts the server of the embedded models in a process of its own, or finds the one in `recordFile`. It ends when this
 * process does. Throws ProcessError, with the end of its log, when it does not become ready.
 */
export async function startEmbeddedModels(options: EmbeddedModelsOptions): Promise<EmbeddedModelServer> {
  const { recordFile } = options;
  const outcome = await findOrStart<Detail, Awaited<ReturnType<typeof start>>>({
    file: recordFile,
    verify,
    start: () => start(options),
    signal: options.signal,
  });
  if ('found' in outcome) {
    const { pid, detail } = outcome.found;
    return { ...detail, pid, found: true, stop: async () => undefined };
  }
  const { pid, detail, stop } = outcome.started;
  return {
    ...detail,
    pid,
    found: false,
    stop: async () => {
      await stop();
      await forgetServer(recordFile, pid);
    },
  };
}

async function start(options: EmbeddedModelsOptions) {
  const port =
    options.port === undefined ? 0 : await choosePort(options.port, 'the embedded model server', 'another port');
  const running = await startOwnProgram({
    name: 'the embedded model server',
    program: path.join(__dirname, 'server-main'),
    arguments: [options.runtimeFolder, options.modelsFolder, String(port)],
    logFile: options.logFile,
    readyTimeoutMs: options.readyTimeoutMs ?? 120_000,
    signal: options.signal,
  });
  return { pid: running.pid, detail: detailSchema.parse(running.detail), stop: () => running.stop() };
}

/** The server answers and offers what its record says. */
async function verify(recorded: unknown): Promise<Detail | undefined> {
  const { success, data } = detailSchema.safeParse(recorded);
  if (!success) return undefined;
  const answers = await fetch(`${data.baseURL}/models`, { signal: AbortSignal.timeout(3000) }).then(
    ({ ok }) => ok,
    () => false,
  );
  return answers ? data : undefined;
}
