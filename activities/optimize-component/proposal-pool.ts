import { bestOutput } from '../../core/preference/best-output';
import { inTurn } from '../../core/random/in-turn';
import { randomStream } from '../../core/random/stream';
import { demonstrationProposals, type TracedExample } from '../../core/search/demonstration-proposals';
import { hyperparameterProposals, type SettingsObservation } from '../../core/search/hyperparameter-proposals';
import { instructionEdits } from '../../core/search/instruction-edits';
import { modelProposals } from '../../core/search/model-proposals';
import { sameModelProposals } from '../../core/search/same-model-proposals';
import { distinctProposals, type Incumbent, type Proposal } from '../../core/search/proposal';
import { canonicalJson, contentHash } from '../../core/system/canonical-json';
import type { Component } from '../../core/system/component';
import type { Configuration } from '../../core/system/configuration';
import type { JsonObject } from '../../core/system/json';
import { isPromptValue, type Variables } from '../../core/system/variable';
import type { StoredCandidate } from '../../storage';
import { groundTruth } from '../ground-truth';
import type { OpenRun } from '../open-run';
import type { TracedEvaluation } from '../traces';

export interface PoolOptions {
  component: Component;
  iteration: number;
  incumbent: Configuration;
  /** Traces of training examples under the incumbent, by example id: demonstrations are bootstrapped from them. */
  traces: ReadonlyMap<string, TracedEvaluation>;
  /** What the streams are for: two uses in one iteration draw differently. */
  purpose: 'candidates' | 'proposals';
  /** Preference data collected under the incumbent: where other outputs were tried, the best one is shown. */
  candidates?: readonly StoredCandidate[];
  /** What is known of settings already: a model-based search of large spaces starts there. */
  observations?: readonly SettingsObservation[];
}

/** Every optimizer's proposals for a component that need no model call, each kind in turn. */
export function proposalPool(run: OpenRun, options: PoolOptions): Proposal[] {
  const { component, iteration, purpose } = options;
  const incumbent: Incumbent = {
    variables: component.configuration,
    settings: options.incumbent[component.name] ?? {},
  };
  const stream = (kind: string) => randomStream(run.seed, purpose, component.name, iteration, kind);
  const prompts = Object.entries(component.configuration).filter(([, variable]) => variable.type === 'prompt');
  const groups: Proposal[][] = [
    hyperparameterProposals({
      incumbent,
      observations: options.observations ?? [],
      stream: stream('hyperparameters'),
    }),
    modelProposals(incumbent),
    // An output of one component cannot show what the others' models do.
    purpose === 'candidates' ? [] : sameModelProposals(component.name, tunedVariables(run), options.incumbent),
    ...prompts.flatMap(([variable]) => [
      demonstrationProposals({
        incumbent,
        variable,
        ...demonstrationSources(run, options),
        stream: stream('demonstrations'),
      }),
      instructionEdits({
        incumbent,
        variable,
        context: {
          description: component.description,
          inputFields: Object.keys(component.input.shape),
          outputFields: Object.keys(component.output.shape),
        },
        stream: stream('instructions'),
      }),
    ]),
  ];
  return distinctProposals(incumbent, inTurn(groups));
}

function tunedVariables({ resolved: { system } }: OpenRun): Record<string, Variables> {
  return Object.fromEntries(system.components.map((item) => [item.name, item.configuration]));
}

/** True when a setting's demonstrations show these very inputs: judged on them, it would be judged by its own answer. */
export function showsInputs(proposal: Proposal, inputs: JsonObject): boolean {
  const hash = contentHash(inputs);
  return Object.values(proposal.settings).some(
    (value) =>
      isPromptValue(value) && value.demonstrations.some((demonstration) => contentHash(demonstration.inputs) === hash),
  );
}

function demonstrationSources(run: OpenRun, { component, traces, candidates = [] }: PoolOptions) {
  const traced: TracedExample[] = [];
  const given = candidates.filter(({ origin }) => origin !== 'ground-truth');
  const truths: Record<string, JsonObject> = {};
  for (const [exampleId, { evaluation, trace }] of traces) {
    const call = trace.components[component.name];
    if (call?.inputs === undefined || call.outcome.status !== 'ok') continue;
    const { inputs } = call;
    const tried = given.filter(
      (item) => item.exampleId === exampleId && canonicalJson(item.inputs) === canonicalJson(inputs),
    );
    const best = bestOutput(tried);
    traced.push({ exampleId, inputs, ...(best ?? { outputs: call.outcome.outputs, score: evaluation.score }) });
    const example = run.resolved.exampleById.get(exampleId);
    const truth = example === undefined ? undefined : groundTruth(run.resolved.system, example, component);
    if (truth !== undefined) truths[exampleId] = truth;
  }
  return { traced, groundTruth: truths };
}
