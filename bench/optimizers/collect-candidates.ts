import { groundTruth } from '../../activities/ground-truth';
import type { OpenRun } from '../../activities/open-run';
import { showsInputs } from '../../activities/optimize-component/alternative-settings';
import type { TracedEvaluation } from '../../activities/traces';
import { adaptiveRollouts } from '../../core/preference/adaptive-rollouts';
import { alternativesToCall } from '../../core/preference/alternatives-to-call';
import { DistinctOutputs } from '../../core/preference/distinct-outputs';
import { randomStream } from '../../core/random/stream';
import { eachKindInTurn } from '../../core/search/each-kind-in-turn';
import type { Proposal } from '../../core/search/proposal';
import type { Component } from '../../core/system/component';
import { configurationHash, withComponent, type Configuration } from '../../core/system/configuration';
import type { Draw } from '../../core/system/draw';
import { heldOutcomes } from '../../core/system/held-outcomes';
import type { Example } from '../../core/system/run-context';
import type { ComponentOutcome } from '../../core/system/trace';
import type { StoredCandidate } from '../../storage';
import type { SimulatedSystem } from './simulated-system';

/** Preference data of one component on one input, as the activity `collectCandidates` collects it. */
export async function collectCandidates(
  { plan, seed, resolved }: Pick<OpenRun, 'plan' | 'seed' | 'resolved'>,
  simulated: SimulatedSystem,
  step: {
    component: Component;
    incumbent: Configuration;
    example: Example;
    traced: TracedEvaluation;
    /** Alternative settings of the component. */
    alternatives: readonly Proposal[];
    iteration: number;
  },
): Promise<StoredCandidate[]> {
  const { component, incumbent, example, traced, iteration } = step;
  const base = traced.trace.components[component.name];
  if (base?.outcome.status !== 'ok' || base.inputs === undefined) return [];
  const { inputs } = base;
  const hash = configurationHash(incumbent);
  const found = new DistinctOutputs();
  found.add({ outputs: base.outcome.outputs, origin: 'base', configurationHash: hash });
  const draw: Draw = { runSeed: seed, purpose: 'preference', iteration, exampleId: example.id, index: 0 };
  const wanted = plan.candidatesPerInput;
  const sampled = component.deterministic ? 0 : Math.floor((wanted - 1) / 2);
  for (let index = 1; index <= sampled; index++) {
    const temperature = plan.samplingTemperature;
    const own = incumbent[component.name] ?? {};
    const made = simulated.call(component, inputs, own, { ...draw, index, temperature }, 'preference data');
    found.add({ outputs: made, origin: 'sampled', configurationHash: hash });
  }
  const stream = randomStream(seed, 'alternatives', component.name, iteration, example.id);
  const usable = step.alternatives.filter((alternative) => !showsInputs(alternative, inputs));
  for (const [place, { settings }] of eachKindInTurn(usable, stream).entries()) {
    if (found.list.length >= wanted || place >= alternativesToCall(component, wanted)) break;
    const made = simulated.call(
      component,
      inputs,
      settings,
      { ...draw, index: sampled + 1 + place },
      'preference data',
    );
    found.addAlternative(configurationHash(withComponent(incumbent, component.name, settings)), made);
  }
  const truth = groundTruth(resolved.system, example, component);
  if (truth !== undefined) found.add({ outputs: truth, origin: 'ground-truth', configurationHash: hash });

  const { wiring } = resolved.system;
  const held = heldOutcomes(wiring, traced.trace, [component.name]);
  const rollouts = await adaptiveRollouts(
    found.list.length,
    (wiring.descendants[component.name]?.size ?? 0) > 0 ? plan.rolloutsPerCandidate : 1,
    async (candidate, index) => {
      const outcome: ComponentOutcome = { status: 'ok', outputs: found.list[candidate]?.outputs ?? {} };
      const given = { ...held, [component.name]: outcome };
      return Promise.resolve(
        simulated.run(incumbent, example, { ...draw, index }, 'preference data', given, String(candidate)).score,
      );
    },
  );
  const scores = rollouts.map((own) => own.map(({ score }) => score));
  const alternatives = found.alternativeScores(scores, resolved.system.metricFloor);
  return found.list.map((output, candidateIndex) => ({
    ...output,
    ...(output.origin === 'base' && { alternatives }),
    component: component.name,
    exampleId: example.id,
    inputs,
    iteration,
    candidateIndex,
    scores: scores[candidateIndex] ?? [],
  }));
}
