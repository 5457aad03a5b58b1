import { alternativesToCall } from '../core/preference/alternatives-to-call';
import type { Candidate } from '../core/preference/candidate';
import { canonicalJson } from '../core/system/canonical-json';
import { configurationHash, type ComponentConfiguration, type Configuration } from '../core/system/configuration';
import type { Component } from '../core/system/component';
import type { Draw } from '../core/system/draw';
import { randomStream } from '../core/random/stream';
import type { JsonObject } from '../core/system/json';
import { placeProposal } from '../core/search/place-proposal';
import { eachKindInTurn } from '../core/search/each-kind-in-turn';
import type { Proposal } from '../core/search/proposal';
import type { Example } from '../core/system/run-context';
import { mean } from '../core/validation/moments';
import type { StoredCandidate } from '../storage';
import type { CollectCandidatesInput, CollectCandidatesResult } from './contracts';
import type { ActivityDependencies } from './dependencies';
import { adaptiveRollouts } from './downstream-rollouts';
import { exampleSample } from './example-samples';
import { inActivity, type Attempt } from './in-activity';
import { componentOf, openRun, type OpenRun } from './open-run';
import { groundTruth } from './ground-truth';
import { alternativeSettings, showsInputs } from './optimize-component/alternative-settings';
import { settleAll } from './settle-all';
import { loadTraces, type TracedEvaluation } from './traces';

/** A distinct output of the component for one example, before its downstream rollouts. */
type Output = Pick<Candidate, 'outputs' | 'origin' | 'configurationHash'>;

/**
 * Collects preference data for one component: on each input, distinct candidate outputs (the base output, samples at a
 * temperature, outputs of alternative settings, the ground truth where the system offers it), each scored by rolling out
 * the component's graph descendants with everything else held fixed (paper, section 4.1).
 */
export function collectCandidates(
  dependencies: ActivityDependencies,
  input: CollectCandidatesInput,
): Promise<CollectCandidatesResult> {
  return inActivity(async (attempt) => {
    const { stores } = dependencies;
    const run = await openRun(dependencies, input.runId);
    const { iteration, component: name } = input;
    const component = componentOf(run, name);
    const sample = exampleSample(run.resolved, run.seed, {
      split: 'train',
      purpose: 'preference',
      iteration,
      count: input.count,
    });
    const traces = await loadTraces(stores, { ...input, purpose: 'preference' });
    const incumbent = await stores.configurations.get(input.configurationHash);
    const { signal } = attempt;
    const alternatives = await alternativeSettings(run, {
      ...{ component, iteration, incumbent, traces, signal },
      purpose: 'candidates',
    });
    const examples = sample.slice(input.from, input.to);
    let done = 0;
    const collected = await settleAll(
      examples.map(async (example) => {
        const traced = traces.get(example.id);
        const candidates =
          traced === undefined
            ? []
            : await candidatesOf({ attempt, run, input, component, incumbent, example, traced, alternatives });
        attempt.progress(++done, examples.length);
        return candidates;
      }),
      async (results) => {
        const used = new Set(results.flat().flatMap(({ alternatives = {} }) => Object.keys(alternatives)));
        await stores.configurations.putMany(
          alternatives
            .map((alternative) => placeProposal(incumbent, name, alternative))
            .filter((configuration) => used.has(configurationHash(configuration))),
        );
        await stores.candidates.putMany(input.runId, results.flat());
      },
    );
    return { inputs: examples.length, candidates: collected.flat().length };
  });
}

async function candidatesOf(step: {
  attempt: Attempt;
  run: OpenRun;
  input: CollectCandidatesInput;
  component: Component;
  incumbent: Configuration;
  example: Example;
  traced: TracedEvaluation;
  /** Alternative settings of the component. */
  alternatives: readonly Proposal[];
}): Promise<StoredCandidate[]> {
  const { run, input, component, incumbent, example, traced, attempt } = step;
  const base = traced.trace.components[component.name];
  if (base?.outcome.status !== 'ok' || base.inputs === undefined) return []; // Skipped or failed on this input: no output to prefer.
  const { inputs } = base;
  const outputs = new Map<string, Output>([
    [
      canonicalJson(base.outcome.outputs),
      { outputs: base.outcome.outputs, origin: 'base', configurationHash: input.configurationHash },
    ],
  ]);
  const add = (output: Output): string => {
    const key = canonicalJson(output.outputs);
    if (!outputs.has(key)) outputs.set(key, output);
    return key;
  };
  const call = async (settings: ComponentConfiguration, draw: Draw): Promise<JsonObject | undefined> => {
    const { outcome } = await run
      .caller(input.limits)
      .callComponent({ component, inputs, configuration: settings, draw, signal: attempt.signal });
    return outcome.status === 'ok' ? outcome.outputs : undefined;
  };
  const wanted = run.plan.candidatesPerInput;
  const draw: Draw = {
    runSeed: run.seed,
    purpose: 'preference',
    iteration: input.iteration,
    exampleId: example.id,
    index: 0,
  };

  const usable = step.alternatives.filter((alternative) => !showsInputs(alternative, inputs));
  const stream = randomStream(run.seed, 'alternatives', component.name, input.iteration, example.id);
  const sampled = component.deterministic ? 0 : Math.floor((wanted - 1) / 2);
  for (let index = 1; index <= sampled; index++) {
    const sampledOutput = await call(incumbent[component.name] ?? {}, {
      ...draw,
      index,
      temperature: run.plan.samplingTemperature,
    });
    if (sampledOutput !== undefined) {
      add({ outputs: sampledOutput, origin: 'sampled', configurationHash: input.configurationHash });
    }
  }
  /** Hash of each alternative that was called -> key of what it gave; undefined: it failed. */
  const given = new Map<string, string | undefined>();
  for (const [place, alternative] of eachKindInTurn(usable, stream).entries()) {
    if (outputs.size >= wanted || place >= alternativesToCall(component, wanted)) break;
    const output = await call(alternative.settings, { ...draw, index: sampled + 1 + place });
    const hash = configurationHash(placeProposal(incumbent, component.name, alternative));
    const made: Omit<Output, 'outputs'> = { origin: 'configuration', configurationHash: hash };
    given.set(hash, output && add({ outputs: output, ...made }));
  }
  // Beside the others, and marked as the truth only where nothing that the component can be set to said it.
  const truth = groundTruth(run.resolved.system, example, component);
  if (truth !== undefined) {
    add({ outputs: truth, origin: 'ground-truth', configurationHash: input.configurationHash });
  }
  const distinct = [...outputs.values()];
  const rollouts = await adaptiveRollouts(
    {
      run,
      limits: input.limits,
      configuration: incumbent,
      component,
      example,
      trace: traced.trace,
      draw,
      signal: attempt.signal,
    },
    distinct.map((output) => output.outputs),
  );
  const scores = new Map(
    [...outputs.keys()].map((key, place) => [key, mean((rollouts[place] ?? []).map(({ score }) => score))]),
  );
  const floor = run.resolved.system.metricFloor;
  const alternatives = Object.fromEntries([...given].map(([hash, key]) => [hash, scores.get(key ?? '') ?? floor]));
  return distinct.map((output, candidateIndex): StoredCandidate => {
    const own = rollouts[candidateIndex] ?? [];
    const failure = own.find((rollout) => rollout.failure !== undefined)?.failure;
    return {
      ...output,
      component: component.name,
      exampleId: example.id,
      inputs,
      iteration: input.iteration,
      candidateIndex,
      scores: own.map((rollout) => rollout.score),
      ...(output.origin === 'base' && { alternatives }),
      ...(failure === undefined ? {} : { failure }),
    };
  });
}
