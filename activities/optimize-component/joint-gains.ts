import { priceInScore, utility } from '../../core/run/utility';
import { placeProposal } from '../../core/search/place-proposal';
import type { Proposal } from '../../core/search/proposal';
import type { Configuration } from '../../core/system/configuration';
import type { Draw } from '../../core/system/draw';
import type { Example } from '../../core/system/run-context';
import type { ComponentOutcome } from '../../core/system/trace';
import { changedRollout, type ChangedRollout, type RolloutOptions } from '../downstream-rollouts';
import { remember } from '../remember';
import type { TracedEvaluation } from '../traces';

/** A training input of the local step, as the incumbent ran it. */
export interface TracedInput extends TracedEvaluation {
  example: Example;
  draw: Draw;
}

/** What the changed components did on one input, and the gain over the incumbent there. */
export interface JointlyJudged {
  exampleId: string;
  outcome: Record<string, ComponentOutcome>;
  /** In score, less what the example costs more where money or latency are objectives. */
  gain: number;
  /** What the example costs, in score. */
  price: number;
}

/**
 * Judges proposals that change several components, by the global metric alone (a Local Reward Function knows one component's outputs):
 * proposal and incumbent are run with the same draws, with everything held fixed that does not descend from a changed
 * component. Inputs on which the incumbent skips all of these are left out.
 *
 * @param options.component whose local step it is.
 */
export function jointJudge(
  options: Pick<RolloutOptions, 'run' | 'limits' | 'signal'> & { incumbent: Configuration; component: string },
): (proposal: Proposal, inputs: readonly TracedInput[]) => Promise<JointlyJudged>[] {
  const { run, limits, signal, incumbent, component } = options;
  const rollOut = (input: TracedInput, configuration: Configuration, changed: readonly string[]) =>
    changedRollout({ run, limits, signal, configuration, changed, ...input });
  // The incumbent is the same for every proposal that changes the same components.
  const incumbents = new Map<string, (input: TracedInput) => Promise<ChangedRollout>>();
  const rolledIncumbent = (changed: readonly string[]): ((input: TracedInput) => Promise<ChangedRollout>) => {
    const key = JSON.stringify(changed);
    const known = incumbents.get(key) ?? remember((input: TracedInput) => rollOut(input, incumbent, changed));
    incumbents.set(key, known);
    return known;
  };
  const utilityOf = ({ score }: ChangedRollout): number => utility(score.score, score.price, run.plan);
  return (proposal, inputs) => {
    const changed = [component, ...Object.keys(proposal.elsewhere ?? {}).sort()];
    const configuration = placeProposal(incumbent, component, proposal);
    return inputs
      .filter(({ trace }) => changed.some((name) => trace.components[name]?.inputs !== undefined))
      .map(async (input) => {
        const before = await rolledIncumbent(changed)(input);
        const after = await rollOut(input, configuration, changed);
        return {
          exampleId: input.example.id,
          outcome: after.outcomes,
          gain: utilityOf(after) - utilityOf(before),
          price: priceInScore(after.score.price, run.plan),
        };
      });
  };
}
