import { hasPriceObjective, priceInScore, utility } from '../../core/run/utility';
import type { Proposal } from '../../core/search/proposal';
import { contentHash } from '../../core/system/canonical-json';
import type { ComponentCallResult } from '../../core/system/component-caller';
import type { Draw } from '../../core/system/draw';
import { callPrice, examplePrice, usagesOf } from '../../core/system/example-price';
import type { JsonObject } from '../../core/system/json';
import type { Cost } from '../../core/system/run-context';
import type { ExampleTrace } from '../../core/system/trace';
import type { Wiring } from '../../core/system/wiring';
import { mean } from '../../core/validation/moments';
import type { ProposalScore, ScoreProposalsInput } from '../contracts';
import type { ActivityDependencies } from '../dependencies';
import { downstreamRollout } from '../downstream-rollouts';
import { exampleSample } from '../example-samples';
import { inActivity } from '../in-activity';
import { componentOf, openRun } from '../open-run';
import { remember } from '../remember';
import { settleAll } from '../settle-all';
import { loadTraces } from '../traces';
import { gainEstimate } from '../../core/search/gain-estimate';
import { jointJudge, type JointlyJudged } from './joint-gains';
import { recordJudgedGains, type JudgedGains } from './judged-gains';
import { openLatestReward } from './latest-reward';
import { loadProposals } from './stored-proposals';

/** What a proposal did on one input, at what cost. */
type Call = Pick<ComponentCallResult, 'outcome' | 'usage'>;

/** What a proposal did on one input, and its gain over the incumbent there. */
interface Judged {
  exampleId: string;
  /** Of several components, where it changes them. */
  outcome: Call['outcome'] | JointlyJudged['outcome'];
  gain: number;
  /** What the changed components' calls cost, in score. */
  price: number;
  /** Of a gain that the LRF predicted. */
  standardError?: number;
}

/**
 * The local step's objective, `E[r_k(x_k, C_k(x_k; v_k))]` (paper, section 4.2), for some proposals: the mean gain
 * over the incumbent's output on the same inputs, in units of the score. Proposals are judged by the component's LRF
 * where it is trusted; otherwise, for the shortlist, and for proposals that change other components too, the global metric
 * judges, through downstream rollouts. Where money or latency are objectives, what the proposal costs more than the incumbent
 * is taken off: of the component's own call where the LRF judges (it cannot know what an output costs downstream), of the whole
 * example where the metric does.
 */
export function scoreProposals(
  dependencies: ActivityDependencies,
  input: ScoreProposalsInput,
): Promise<ProposalScore[]> {
  return inActivity(async ({ signal, progress }) => {
    const { stores } = dependencies;
    const run = await openRun(dependencies, input.runId);
    const { system } = run.resolved;
    const component = componentOf(run, input.component);
    const incumbent = await stores.configurations.get(input.configurationHash);
    const proposals = await loadProposals(stores, { incumbent, component: component.name }, input.blobs);
    const sample = exampleSample(run.resolved, run.seed, {
      split: 'train',
      purpose: 'optimization',
      iteration: input.iteration,
      count: input.count,
    }).slice(0, input.inputs);
    const traces = await loadTraces(stores, { ...input, purpose: 'optimization' });
    const reward = input.judge === 'metric' ? undefined : await openLatestReward(dependencies, run, input, signal);
    const caller = run.caller(input.limits);
    const { plan } = run;
    let done = 0;

    const tracedInputs = sample.flatMap((example) => {
      const traced = traces.get(example.id);
      if (traced === undefined) return [];
      const draw: Draw = {
        runSeed: run.seed,
        purpose: 'optimization',
        iteration: input.iteration,
        exampleId: example.id,
        index: 0,
      };
      return [{ ...traced, example, draw }];
    });
    const places = tracedInputs.flatMap((traced) => {
      const base = traced.trace.components[component.name];
      if (base?.inputs === undefined) return []; // Skipped on this input: nothing to gain.
      const { outcome, usage } = base;
      const price = examplePrice(usagesOf(traced.trace), system.wiring);
      return [{ ...traced, inputs: base.inputs, base: outcome, baseUsage: usage, price }];
    });
    type Place = (typeof places)[number];
    // Whatever the component's settings are, they change nothing there.
    const notReached = sample
      .map(({ id }) => id)
      .filter((id) => traces.has(id) && !places.some((place) => place.example.id === id));

    const rollOut = async ({ example, trace, draw }: Place, outputs: JsonObject, usage?: Cost) => {
      const { score, price } = await downstreamRollout({
        run,
        limits: input.limits,
        configuration: incumbent,
        component,
        example,
        trace,
        outputs,
        ...(usage && { usage }),
        draw,
        signal,
      });
      return utility(score, price, plan);
    };
    // The incumbent's outputs are the same for every proposal: one look at the memo serves all.
    const measured = ({ evaluation, price }: Place): number => utility(evaluation.score, price, plan);
    const rollOutIncumbent = remember(async (place: Place) =>
      place.base.status === 'ok' ? rollOut(place, place.base.outputs) : measured(place),
    );

    const callOn = (proposal: Proposal, { inputs, draw }: Place): Promise<Call> =>
      caller.callComponent({ component, inputs, configuration: proposal.settings, draw, signal });
    const measuredGain = async (place: Place, { outcome, usage }: Call): Promise<number> => {
      if (outcome.status === 'failed') {
        const price = examplePrice(usagesUpTo(component.name, usage, place.trace, system.wiring), system.wiring);
        return utility(system.metricFloor, price, plan) - measured(place);
      }
      return (await rollOut(place, outcome.outputs, usage)) - (await rollOutIncumbent(place));
    };
    const priceOf = (usage: Cost): number => priceInScore(callPrice(usage), plan);
    const judgedCall = ({ example }: Place, { outcome, usage }: Call) => ({
      exampleId: example.id,
      outcome,
      price: priceOf(usage),
    });
    const jointly = jointJudge({ ...{ run, limits: input.limits, signal, incumbent }, component: component.name });
    const judge = async (proposal: Proposal): Promise<Judged[]> => {
      if (proposal.elsewhere !== undefined) return settleEach(jointly(proposal, tracedInputs), (judged) => judged);
      if (reward === undefined) {
        return settleEach(places, async (place) => {
          const call = await callOn(proposal, place);
          return { ...judgedCall(place, call), gain: await measuredGain(place, call) };
        });
      }
      const calls = await settleEach(places, async (place) => ({ place, call: await callOn(proposal, place) }));
      const rewarded = calls.flatMap(({ place, call: { outcome } }) =>
        place.base.status === 'ok' && outcome.status === 'ok'
          ? [{ place, inputs: place.inputs, incumbent: place.base.outputs, candidate: outcome.outputs }]
          : [],
      );
      const gains = await reward.gains(rewarded);
      const gainOf = new Map(rewarded.map(({ place }, index) => [place, gains[index]]));
      return settleEach(calls, async ({ place, call }) => {
        const predicted = gainOf.get(place);
        if (predicted === undefined) return { ...judgedCall(place, call), gain: await measuredGain(place, call) };
        const dearer = priceOf(call.usage) - priceOf(place.baseUsage);
        return { ...judgedCall(place, call), ...predicted, gain: predicted.gain - dearer };
      });
    };

    const gains: JudgedGains['gains'] = {};
    try {
      const scores = await settleEach(input.hashes, async (hash): Promise<ProposalScore> => {
        const proposal = proposals.get(hash);
        if (proposal === undefined) throw new Error(`no proposal ${hash} in the blobs ${input.blobs.join(', ')}`);
        const judged = await judge(proposal);
        if (reward === undefined && proposal.elsewhere === undefined) {
          const nothing = notReached.map((id) => [id, 0] as const);
          gains[hash] = Object.fromEntries([...nothing, ...judged.map((item) => [item.exampleId, item.gain] as const)]);
        }
        progress(++done, input.hashes.length);
        return {
          configurationHash: hash,
          ...gainEstimate(
            judged.map((item) => item.gain),
            judged.map((item) => item.standardError ?? 0),
          ),
          outputsHash: contentHash([
            judged.map((item) => item.outcome),
            // The same outputs at another price are something else; prices within a thousandth of the score are the same.
            ...(hasPriceObjective(plan) && judged.length > 0
              ? [Math.round(1_000 * mean(judged.map(({ price }) => price)))]
              : []),
          ]),
          changes: proposal.changed.length,
          judge: judged.some((item) => item.standardError !== undefined) ? 'reward' : 'metric',
        };
      });
      await recordJudgedGains(stores, input, {
        judge: reward === undefined ? 'metric' : 'reward',
        examples: [...notReached, ...places.map(({ example }) => example.id)],
        gains,
      });
      return scores;
    } finally {
      await reward?.close();
    }
  });
}

/** All at once; see `settleAll`. */
function settleEach<T, R>(items: readonly T[], task: (item: T) => Promise<R>): Promise<R[]> {
  return settleAll(items.map(task), () => Promise.resolve());
}

/** The costs of an example that ends at a component, which failed: nothing downstream of it was called. */
function usagesUpTo(name: string, usage: Cost, trace: ExampleTrace, wiring: Wiring): Record<string, Cost> {
  const called = Object.entries(usagesOf(trace)).filter(([other]) => wiring.descendants[name]?.has(other) !== true);
  return { ...Object.fromEntries(called), [name]: usage };
}
