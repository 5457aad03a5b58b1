import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { recordedModels } from '../../activities/calls/recorded-models';
import { exampleSample } from '../../activities/example-samples';
import { openRun } from '../../activities/open-run';
import { loadTraces, type TracedEvaluation } from '../../activities/traces';
import { defaultPlan, type RunPlan } from '../../core/run/plan';
import { contentHash } from '../../core/system/canonical-json';
import { initialConfiguration, type Configuration } from '../../core/system/configuration';
import type { ModelClients } from '../../core/system/run-context';
import type { System } from '../../core/system/system';
import type { StoredCandidate } from '../../storage';
import type { Config } from '../../workers/config/define-config';
import { findLocalParts } from '../../workers/local-parts';
import { activityDependencies, openRuntime } from '../../workers/runtime';
import { boundedChunks, fanOut } from '../../workflows/fan-out';
import { activitiesWithoutServer } from '../overhead/activities-without-server';

const inFlight = 4;
const chunkSize = 8;

/** Preference data of a real system: by component, what the product's own activity collected. */
export interface CollectedCandidates {
  system: System;
  candidates: Map<string, StoredCandidate[]>;
  /** Of the configuration that it was collected under, by example id. */
  traces: Map<string, TracedEvaluation>;
  configuration: Configuration;
  /** The system's models, their replies remembered like its own. */
  models: ModelClients;
}

export interface CollectOptions {
  config: Config;
  /** Name of one of its systems. */
  system: string;
  /** Settings that replace initial ones, by component and variable. */
  configuration?: Configuration;
  /** By component: each gets a prefix of the longest sample. */
  inputs: Readonly<Record<string, number>>;
  plan?: Partial<RunPlan>;
  folder: string;
  say: (line: string) => void;
}

/**
 * Collects preference data by the worker's own activities, called in process, and gives it to `use`. Replies and candidates
 * stay in the folder's database: a second call goes on where the first one ended, and one for more inputs pays for those alone.
 */
export async function withCandidates<T>(
  options: CollectOptions,
  use: (collected: CollectedCandidates) => Promise<T>,
): Promise<T> {
  const { config, inputs, folder, say } = options;
  mkdirSync(folder, { recursive: true });
  const parts = await findLocalParts(config, { say });
  const runtime = await openRuntime(config, { ...parts, databaseUrl: `file:${join(folder, `${options.system}.db`)}` });
  try {
    const dependencies = activityDependencies(runtime, 'bench-rewards');
    const activities = activitiesWithoutServer(dependencies);
    const resolved = await runtime.resolve(options.system);
    const plan: RunPlan = { ...defaultPlan, ...config.optimization, ...options.plan };
    const initial = initialConfiguration(resolved.system);
    const configurationHash = await runtime.stores.configurations.put(
      Object.fromEntries(
        Object.entries(initial).map(([name, settings]) => [name, { ...settings, ...options.configuration?.[name] }]),
      ),
    );
    // What another definition or plan gave is not mixed with this one's; equal calls of models are answered all the same.
    const runId = `rewards-${contentHash([resolved.definitionHash, configurationHash, { ...plan }]).slice(0, 16)}`;
    const { components, counts } = await activities.prepareRun({
      runId,
      system: options.system,
      seed: 0,
      plan,
      fresh: false,
      startFrom: configurationHash,
    });
    const countOf = (name: string): number => Math.min(inputs[name] ?? 0, counts.preference);
    let done = 0;
    const spread = async <T>(
      name: string,
      count: number,
      task: (part: { from: number; to: number }) => Promise<T>,
    ): Promise<void> => {
      const started = performance.now();
      await fanOut(
        { step: (activity) => activity() },
        inFlight,
        boundedChunks(count, chunkSize).map((part) => () => task(part)),
        () => {},
      );
      done += 1;
      say(
        `${options.system}: ${name} on ${count} inputs, ${((performance.now() - started) / 1_000).toFixed(0)} s (${done} of ${components.length + 1})`,
      );
    };
    const count = Math.max(...components.map(({ name }) => countOf(name)));
    const range = { split: 'train', purpose: 'preference', iteration: -1, count } as const;
    await spread('traces', count, (part) =>
      activities.evaluate({ runId, limits: {}, configurationHash, range: { ...range, ...part } }),
    );
    const candidates = new Map<string, StoredCandidate[]>();
    for (const { name } of components) {
      await spread(name, countOf(name), (part) =>
        activities.collectCandidates({
          runId,
          limits: {},
          component: name,
          configurationHash,
          iteration: -1,
          count: countOf(name),
          ...part,
        }),
      );
      const sample = exampleSample(resolved, 0, { ...range, count: countOf(name) });
      const wanted = new Set(sample.map(({ id }) => id));
      const stored = await runtime.stores.candidates.listRecent(runId, name, -1, Number.MAX_SAFE_INTEGER);
      candidates.set(
        name,
        stored.filter(({ exampleId }) => wanted.has(exampleId)),
      );
    }
    const configuration = await runtime.stores.configurations.get(configurationHash);
    const traces = await loadTraces(runtime.stores, { runId, purpose: 'preference', iteration: -1, configurationHash });
    const run = await openRun(dependencies, runId);
    const models = recordedModels(run.meter({}), {
      role: 'judge',
      seed: 0,
      draw: 'judge',
      signal: new AbortController().signal,
    });
    return await use({ system: resolved.system, candidates, traces, configuration, models });
  } finally {
    await runtime.close();
    await parts.close();
  }
}
