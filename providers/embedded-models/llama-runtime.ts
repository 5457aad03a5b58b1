import path from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * The few parts of node-llama-cpp used here. It is installed on demand into the cache and is no dependency, so its own
 * types are not at hand when this is compiled.
 */
export interface LlamaSequence {
  readonly contextTokens: readonly number[];
  eraseContextTokenRanges(ranges: { start: number; end: number }[]): Promise<void>;
  evaluateWithoutGeneratingNewTokens(tokens: number[]): Promise<void>;
  evaluate(
    tokens: number[],
    options: { temperature: number; topK: number; topP: number; minP: number; seed?: number },
  ): AsyncGenerator<number, void, undefined>;
}

interface LlamaContext {
  getSequence(): LlamaSequence;
}

export interface LlamaModel {
  readonly tokens: { readonly bos: number | null; readonly shouldPrependBosToken: boolean };
  readonly trainContextSize: number;
  tokenize(text: string, specialTokens: boolean): number[];
  detokenize(tokens: readonly number[], specialTokens?: boolean): string;
  createContext(options: {
    sequences: number;
    contextSize: number;
    batchSize: number;
    threads: { ideal: number; min: number };
    swaFullCache: boolean;
  }): Promise<LlamaContext>;
}

export interface LlamaRuntime {
  loadModel(options: { modelPath: string; gpuLayers: number }): Promise<LlamaModel>;
}

interface LlamaModule {
  getLlama(options: object): Promise<LlamaRuntime>;
}

/**
 * Loads node-llama-cpp from the folder it was installed in, for the CPU and without building or downloading anything.
 * Throws when the folder has no usable installation.
 */
export async function loadLlamaRuntime(folder: string): Promise<LlamaRuntime> {
  const entry = path.join(folder, 'node_modules', 'node-llama-cpp', 'dist', 'index.js');
  const { getLlama } = (await import(pathToFileURL(entry).href)) as LlamaModule;
  return getLlama({
    gpu: false,
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    logLevel: 'error',
    // 0 leaves the number of threads to each context.
    maxThreads: 0,
  });
}
