import { bestOutput } from '../../core/preference/best-output';
import type { Candidate } from '../../core/preference/candidate';
import { candidatesFor } from '../../core/preference/candidates-for';
import type { TracedCall } from '../../core/search/component-optimizer';
import type { TracedExample } from '../../core/search/demonstration-proposals';
import type { Component } from '../../core/system/component';
import { groundTruth } from '../ground-truth';
import type { OpenRun } from '../open-run';
import type { TracedEvaluation } from '../traces';

/** The component's calls in traces of training examples; without those where it was skipped. */
export function tracedCalls(
  run: OpenRun,
  component: Component,
  traces: ReadonlyMap<string, TracedEvaluation>,
): TracedCall[] {
  return [...traces].flatMap(([exampleId, { evaluation, trace }]): TracedCall[] => {
    const call = trace.components[component.name];
    if (call?.inputs === undefined || call.outcome.status === 'skipped') return [];
    const example = run.resolved.exampleById.get(exampleId);
    return [
      {
        exampleId,
        inputs: call.inputs,
        ...(call.outcome.status === 'ok' ? { outputs: call.outcome.outputs } : { failure: call.outcome.reason }),
        score: evaluation.score,
        feedback: evaluation.feedback,
        groundTruth: example === undefined ? undefined : groundTruth(run.resolved.system, example, component),
      },
    ];
  });
}

/** The calls as demonstrations: where the preference data has other outputs for the same inputs, with the best of them. */
export function demonstrableCalls(calls: readonly TracedCall[], candidates: readonly Candidate[]): TracedExample[] {
  return calls.flatMap(({ exampleId, inputs, outputs, score }) => {
    if (outputs === undefined) return [];
    const tried = candidatesFor(candidates, { exampleId, inputs });
    return [{ exampleId, inputs, ...(bestOutput(tried) ?? { outputs, score }) }];
  });
}
