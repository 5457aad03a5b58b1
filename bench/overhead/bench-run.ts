import path from 'node:path';
import { defaultPlan, type RunPlan } from '../../core/run/plan';
import type { OptimizationInput } from '../../workflows/run-input';

/** The product's own plan, but that it never ends early. */
export const benchPlan: RunPlan = { ...defaultPlan, patience: 1_000 };

/** What both ways are given. Fan-out and chunk size are those of the product. */
export const benchRun: Pick<OptimizationInput, 'runId' | 'system' | 'seed' | 'plan' | 'chunkSize' | 'fanOut'> = {
  runId: 'overhead',
  system: 'scripted-chain',
  seed: 1,
  plan: benchPlan,
  chunkSize: 8,
  fanOut: 8,
};

export const configFile = path.join(__dirname, 'optimas.config.ts');

/** How the config of a process gets what differs between repeats. */
export const benchVariables = { endpoint: 'OPTIMAS_BENCH_ENDPOINT', database: 'OPTIMAS_BENCH_DATABASE' } as const;
