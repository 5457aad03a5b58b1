import type { Activities } from '../activities';
import type {
  ChosenMove,
  Finalists,
  JudgedRound,
  LocalStep,
  ProposalsReference,
  RankedProposals,
  TunableComponent,
} from '../activities/contracts';
import type { Limits } from '../core/run/budget';
import { localStepInputs, simultaneousInputs } from '../core/run/local-step-inputs';
import type { RunPlan } from '../core/run/plan';
import { together } from './fan-out';
import { judgeProposals, rankProposals, type JudgedPart } from './judge-proposals';

/** A range of an iteration's sample, `to` excluded. */
export interface Range {
  from: number;
  to: number;
}

/** What an iteration's local steps need; the workflow and the bench of its overhead call activities in ways of their own. */
export interface LocalStepsContext {
  runId: string;
  iteration: number;
  /** Configuration hash. */
  incumbent: string;
  plan: RunPlan;
  /** Training examples for preference data, and for the local step. */
  counts: { preference: number; ranking: number };
  /** Read anew before each activity: they may be changed while the iteration runs. */
  limits: () => Limits;
  calls: Pick<
    Activities,
    'evaluate' | 'collectCandidates' | 'propose' | 'scoreProposals' | 'selectFinalists' | 'selectSimultaneous'
  >;
  fitReward: Activities['fitReward'];
  /** One activity. */
  step: <T>(activity: () => Promise<T>) => Promise<T>;
  /** Many, some at a time; `among` so many fan-outs that go on side by side. */
  fanOut: <T>(tasks: (() => Promise<T>)[], among?: number) => Promise<T[]>;
  /** All of a sample, in ranges. */
  ranges: (count: number, groups?: number) => Range[];
  /** Says what is going on. */
  begin: (step: string) => void;
}

/** What goes to validation, and which rewards were trusted, by component. */
export interface LocalStepsResult {
  finalists: Finalists;
  trusted: Record<string, boolean>;
}

/**
 * The local steps of an iteration's move: rollouts, rewards, proposals and their ranking, up to the finalists.
 *
 * @param tunable says of which components proposals are made from traces of the incumbent.
 */
export async function localSteps(
  context: LocalStepsContext,
  { component, partner, others, adapts = [] }: Exclude<ChosenMove, { component: null }>,
  tunable: readonly TunableComponent[],
): Promise<LocalStepsResult> {
  const { plan, runId, iteration, incumbent, begin } = context;
  // A joint move is judged by the metric alone: no reward is needed, nor data for one.
  const joint = partner !== undefined;
  const rewarded = plan.rewards && !joint;
  const components = [component, ...(others ?? [])];
  const traced = tunable.some((item) => item.traced && components.includes(item.name));
  const steps = components.map((name): LocalStep => ({
    ...{ runId, component: name, ...(joint && { partner }), ...(others !== undefined && { simultaneous: true }) },
    ...{ configurationHash: incumbent, iteration },
  }));

  begin('collecting rollouts');
  const adapting = steps.filter((step) => adapts.includes(step.component));
  await collectRollouts(context, adapting, { preference: adapting.length > 0 || (traced && !joint) });

  const adaptation = others === undefined ? 'adapting its reward' : 'adapting rewards';
  begin(joint ? 'pairing settings' : adapting.length > 0 ? adaptation : 'proposing settings');
  // What is proposed does not depend on the reward, only how it ranks.
  const fits = async (): Promise<Record<string, boolean>> => {
    const trusted: Record<string, boolean> = {};
    for (const step of adapting) {
      const fit = await context.step(() => context.fitReward({ ...step, limits: context.limits() }));
      trusted[step.component] = fit.trusted;
    }
    return trusted;
  };
  const [trusted, proposals] = await together([
    fits(),
    context.fanOut(steps.map((step) => () => propose(context, step))),
  ] as const);

  begin('proposing and ranking settings');
  const { ranked, traced: shortlistInputs } = localStepInputs(plan, context.counts.ranking);
  const ranking = (at: number) => ({
    proposals: proposals[at] as ProposalsReference,
    propose: (after: RankedProposals) => context.step(() => propose(context, steps[at] as LocalStep, after)),
    score: (parts: JudgedPart[]) =>
      context.fanOut(
        parts.map(
          (part) => () =>
            context.calls.scoreProposals({
              ...(steps[at] as LocalStep),
              limits: context.limits(),
              count: shortlistInputs,
              ...part,
            }),
        ),
        steps.length,
      ),
    rankBy: rewarded ? ('reward' as const) : ('metric' as const),
  });
  if (others === undefined) {
    const judged = await judgeProposals({
      ...ranking(0),
      rankingInputs: ranked,
      shortlistInputs,
      shortlistSize: plan.shortlist,
    });
    return {
      trusted,
      finalists: await context.step(() => context.calls.selectFinalists({ ...(steps[0] as LocalStep), ...judged })),
    };
  }
  const rounds = await together(
    steps.map((_, at) => rankProposals({ ...ranking(at), rankingInputs: simultaneousInputs(ranked) })),
  );
  const parts = components.map((name, at) => ({
    component: name,
    rounds: (rounds[at] as RankedProposals[]).map(({ reference: { sha256 }, scores }): JudgedRound => ({
      reference: { sha256 },
      scores,
    })),
  }));
  const selection = { runId, iteration, configurationHash: incumbent, parts };
  return { trusted, finalists: await context.step(() => context.calls.selectSimultaneous(selection)) };
}

/** A round of proposals: the first, or combinations after that. */
function propose(context: LocalStepsContext, step: LocalStep, ranked?: RankedProposals): Promise<ProposalsReference> {
  return context.calls.propose({
    ...{ ...step, limits: context.limits(), count: preferenceCount(context) },
    ...(ranked !== undefined && { ranked }),
  });
}

function preferenceCount({ counts, plan }: LocalStepsContext): number {
  return Math.min(counts.preference, plan.adaptationInputs);
}

/** Traces of the incumbent for preference data and for the local step, and candidates of the components whose rewards are adapted. */
async function collectRollouts(
  context: LocalStepsContext,
  adapting: readonly LocalStep[],
  { preference }: { preference: boolean },
): Promise<void> {
  const { plan, counts, runId, iteration, incumbent, calls, limits } = context;
  const fresh = preferenceCount(context);
  const trace = (purpose: 'preference' | 'optimization', count: number) =>
    context.fanOut(
      context.ranges(count).map(
        (range) => () =>
          calls.evaluate({
            ...{ runId, limits: limits(), configurationHash: incumbent },
            range: { split: 'train', purpose, iteration, count, ...range },
          }),
      ),
    );
  const preferenceData = async (): Promise<void> => {
    await trace('preference', fresh);
    if (adapting.length === 0) return;
    await context.fanOut(
      adapting.flatMap((step) =>
        context
          .ranges(fresh, adapting.length)
          .map((range) => () => calls.collectCandidates({ ...step, limits: limits(), count: fresh, ...range })),
      ),
    );
  };
  const { traced } = localStepInputs(plan, counts.ranking);
  await together([preference ? preferenceData() : null, trace('optimization', traced)] as const);
}
