import type { CheckOptions } from '../../core/search/check-proposals';
import { textsIn } from '../../core/search/held-out-copies';
import type { Component } from '../../core/system/component';
import type { OpenRun } from '../open-run';
import { hiddenExamples } from './hidden-examples';
import type { SharedContext } from './optimizer-context';

/** What proposals for a component are checked against in a run; what it read and wrote on training inputs may be shown. */
export function checkOptions(run: OpenRun, component: Component, shared: SharedContext): CheckOptions {
  const { incumbent, traces, demonstrable, candidates } = shared;
  const hidden = hiddenExamples(run);
  return {
    incumbent,
    promptTrustRegion: run.plan.promptTrustRegion,
    heldOut: () => hidden.heldOutTexts(),
    allowed: () => [
      component.description,
      ...hidden.trainingTexts(),
      ...[...traces, ...demonstrable, ...candidates].flatMap(({ inputs, outputs = {} }) => textsIn([inputs, outputs])),
    ],
    hiddenInputs: () => hidden.componentInputs(component),
  };
}
