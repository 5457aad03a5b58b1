import { oproMetaPrompt, type ScoredInstructions } from '../../core/search/opro-meta-prompt';
import { parseOproProposals } from '../../core/search/opro-proposals';
import type { Incumbent, Proposal } from '../../core/search/proposal';
import { relativeScores } from '../../core/search/relative-scores';
import type { Component } from '../../core/system/component';
import { drawId, drawSeed, type Draw } from '../../core/system/draw';
import { infrastructureCause } from '../../core/system/infrastructure-error';
import { outsideFailure } from '../../core/system/outside-failure';
import { isPromptValue } from '../../core/system/variable';
import { mean } from '../../core/validation/moments';
import { recordedModels } from '../calls/recorded-models';
import type { ProposeInput } from '../contracts';
import { decisionsBefore } from '../decisions-before';
import type { ActivityDependencies } from '../dependencies';
import type { OpenRun } from '../open-run';
import type { TracedEvaluation } from '../traces';

/** How many instructions a proposer is asked for, per prompt variable. */
const asked = 4;

/**
 * Instructions written by the configured proposer model, which sees the incumbent and earlier instructions with their
 * scores (OPRO; paper, section 4.2). None where no proposer is configured. What was unusable is recorded with its reason, and
 * so is a request that the proposer's endpoint will never take: the other optimizers go on without it.
 */
export async function oproProposals(
  dependencies: ActivityDependencies,
  run: OpenRun,
  step: {
    input: ProposeInput;
    component: Component;
    incumbent: Incumbent;
    traces: ReadonlyMap<string, TracedEvaluation>;
    signal: AbortSignal;
  },
): Promise<Proposal[]> {
  const { input, component, incumbent, traces, signal } = step;
  const { proposer, stores } = dependencies;
  if (proposer === undefined) return [];
  const scores = [...traces.values()].map(({ evaluation }) => evaluation.score);
  const incumbentScore = scores.length === 0 ? 0 : mean(scores);
  const proposals: Proposal[] = [];
  for (const [variable, definition] of Object.entries(component.configuration)) {
    const current = incumbent.settings[variable];
    if (definition.type !== 'prompt' || !isPromptValue(current)) continue;
    const draw: Draw = {
      runSeed: run.seed,
      purpose: 'optimization',
      iteration: input.iteration,
      exampleId: `proposer/${component.name}/${variable}`,
      index: 0,
    };
    const models = recordedModels(run.meter(input.limits), {
      role: 'proposer',
      seed: drawSeed(draw),
      draw: drawId(draw),
      signal,
    });
    const history = await earlierInstructions(dependencies, step, variable, incumbentScore);
    const request = {
      model: proposer,
      temperature: 1,
      maxTokens: 2_000,
      messages: oproMetaPrompt({
        component,
        definition,
        incumbent: { instructions: current.instructions, score: incumbentScore },
        history,
        examples: [...traces.values()].flatMap(({ evaluation, trace }) => {
          const call = trace.components[component.name];
          if (call?.inputs === undefined || call.outcome.status !== 'ok') return [];
          return [
            {
              inputs: call.inputs,
              outputs: call.outcome.outputs,
              score: evaluation.score,
              feedback: evaluation.feedback,
            },
          ];
        }),
        count: asked,
      }),
    };
    const reply = await models.chat(request).catch(rejection);
    const read =
      'rejection' in reply
        ? { proposals: [], rejected: [] }
        : parseOproProposals(reply.text, { incumbent, variable, known: history.map((item) => item.instructions) });
    proposals.push(...read.proposals);
    await stores.ledger.append(run.runId, [
      {
        key: `iteration/${input.iteration}/proposer/${variable}`,
        iteration: input.iteration,
        kind: 'proposer',
        body: {
          component: component.name,
          variable,
          usable: read.proposals.length,
          rejected: read.rejected.map((item) => ({ ...item })),
          ...('rejection' in reply && { reason: reply.rejection }),
        },
      },
    ]);
  }
  return proposals;
}

/** Why the endpoint rejected this one request for good. @throws every other failure: trying again or a person may help there. */
function rejection(error: unknown): { rejection: string } {
  const failure = infrastructureCause(error);
  if (failure?.status === undefined || outsideFailure(error) !== undefined) throw error;
  return { rejection: failure.message };
}

/** Instructions of the component's earlier finalists, with their scores on the scale of the incumbent's (relativeScores). */
async function earlierInstructions(
  { stores }: ActivityDependencies,
  { input, component }: { input: ProposeInput; component: Component },
  variable: string,
  incumbentScore: number,
): Promise<ScoredInstructions[]> {
  const decisions = await decisionsBefore(stores, input.runId, input.iteration);
  const instructions: ScoredInstructions[] = [];
  // Decisions on other components count too: they changed the incumbent.
  for (const { decision, score } of relativeScores(decisions, incumbentScore)) {
    // What a joint move scored is the other component's merit as well.
    if (decision.component !== component.name || decision.partner !== undefined || decision.finalist === null) continue;
    const value = (await stores.configurations.get(decision.finalist))[component.name]?.[variable];
    if (isPromptValue(value)) instructions.push({ instructions: value.instructions, score });
  }
  return instructions;
}
