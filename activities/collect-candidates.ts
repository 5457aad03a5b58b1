import { alternativesToCall } from '../core/preference/alternatives-to-call';
import { DistinctOutputs } from '../core/preference/distinct-outputs';
import { configurationHash, type ComponentConfiguration, type Configuration } from '../core/system/configuration';
import type { Component } from '../core/system/component';
import type { Draw } from '../core/system/draw';
import { randomStream } from '../core/random/stream';
import type { JsonObject } from '../core/system/json';
import { placeProposal } from '../core/search/place-proposal';
import { eachKindInTurn } from '../core/search/each-kind-in-turn';
import type { Proposal } from '../core/search/proposal';
import type { Example } from '../core/system/run-context';
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
  const found = new DistinctOutputs();
  found.add({ outputs: base.outcome.outputs, origin: 'base', configurationHash: input.configurationHash });
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
      found.add({ outputs: sampledOutput, origin: 'sampled', configurationHash: input.configurationHash });
    }
  }
  for (const [place, alternative] of eachKindInTurn(usable, stream).entries()) {
    if (found.list.length >= wanted || place >= alternativesToCall(component, wanted)) break;
    const output = await call(alternative.settings, { ...draw, index: sampled + 1 + place });
    found.addAlternative(configurationHash(placeProposal(incumbent, component.name, alternative)), output);
  }
  // Beside the others, and marked as the truth only where nothing that the component can be set to said it.
  const truth = groundTruth(run.resolved.system, example, component);
  if (truth !== undefined) {
    found.add({ outputs: truth, origin: 'ground-truth', configurationHash: input.configurationHash });
  }
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
    found.list.map((output) => output.outputs),
  );
  const scores = rollouts.map((own) => own.map(({ score }) => score));
  const alternatives = found.alternativeScores(scores, run.resolved.system.metricFloor);
  return found.list.map((output, candidateIndex): StoredCandidate => {
    const failure = rollouts[candidateIndex]?.find((rollout) => rollout.failure !== undefined)?.failure;
    return {
      ...output,
      component: component.name,
      exampleId: example.id,
      inputs,
      iteration: input.iteration,
      candidateIndex,
      scores: scores[candidateIndex] ?? [],
      ...(output.origin === 'base' && { alternatives }),
      ...(failure === undefined ? {} : { failure }),
    };
  });
}
