import { randomStream } from '../../core/random/stream';
import type { OptimizerContext } from '../../core/search/component-optimizer';
import { readsTraces } from '../../core/search/optimizers-for';
import { incumbentOf } from '../../core/search/proposal';
import type { Component } from '../../core/system/component';
import type { Configuration } from '../../core/system/configuration';
import type { Candidate } from '../../core/preference/candidate';
import type { OpenRun } from '../open-run';
import type { TracedEvaluation } from '../traces';
import { hiddenExamples } from './hidden-examples';
import { demonstrableCalls, tracedCalls } from './traced-calls';

/** What every optimizer of a step gets alike. */
export type SharedContext = Pick<
  OptimizerContext,
  'incumbent' | 'component' | 'system' | 'traces' | 'demonstrable' | 'candidates'
>;

/**
 * Without calls for inputs that are held out too (data sets repeat themselves), and without demonstrations for inputs that
 * proposals are ranked on.
 *
 * @param options.traces of training examples under the incumbent, by example id.
 */
export function sharedContext(
  run: OpenRun,
  options: {
    component: Component;
    incumbent: Configuration;
    traces: ReadonlyMap<string, TracedEvaluation>;
    candidates: readonly Candidate[];
  },
): SharedContext {
  const { component } = options;
  const hidden = hiddenExamples(run);
  const hashOf = (exampleId: string): string => {
    const example = run.resolved.exampleById.get(exampleId);
    return example === undefined ? '' : hidden.inputsHash(example);
  };
  // Of the product's own optimizers only those of prompts carry texts; what a user's own one does with them is not known.
  const carriesTexts = readsTraces(component, { own: run.resolved.optimizers, named: run.plan.optimizers });
  const isIn = (hashes: () => ReadonlySet<string>, { exampleId }: { exampleId: string }): boolean =>
    carriesTexts && hashes().has(hashOf(exampleId));
  const mayBeRead = (of: { exampleId: string }): boolean => !isIn(hidden.heldOut, of);
  const traces = tracedCalls(run, component, options.traces).filter(mayBeRead);
  const candidates = options.candidates.filter(mayBeRead);
  return {
    incumbent: incumbentOf(component, options.incumbent),
    component: {
      name: component.name,
      description: component.description,
      inputFields: Object.keys(component.input.shape),
      outputFields: Object.keys(component.output.shape),
    },
    system: {
      configuration: options.incumbent,
      variables: Object.fromEntries(
        run.resolved.system.components.map(({ name, configuration }) => [name, configuration]),
      ),
    },
    traces,
    demonstrable: demonstrableCalls(traces, candidates).filter((of) => !isIn(hidden.ranking, of)),
    candidates,
  };
}

/**
 * The stream of one optimizer.
 *
 * @param purpose what proposals are for: two uses in one iteration draw differently.
 */
export function optimizerStream(
  run: OpenRun,
  step: { purpose: 'candidates' | 'proposals'; component: string; iteration: number; optimizer: string },
) {
  return randomStream(run.seed, step.purpose, step.component, step.iteration, step.optimizer);
}
