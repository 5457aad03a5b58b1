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
import { downstreamRollouts } from '../downstream-rollouts';
import { exampleSample } from '../example-samples';
import { inActivity } from '../in-activity';
import { componentOf, openRun } from '../open-run';
import { remember } from '../remember';
import { settleAll } from '../settle-all';
import { loadTraces } from '../traces';
import { gainEstimate } from './gain-estimate';
import { openLatestReward } from './latest-reward';
import type { InstanceGainsRecord } from './past-proposals';
import { loadProposals } from './stored-proposals';

/** What a proposal did on one input, at what cost. */
type Call = Pick<ComponentCallResult, 'outcome' | 'usage'>;

/** The same with its gain over the incumbent there. */
type Judged = Call & { gain: number };

/**
 * The local step's objective, `E[r_k(x_k, C_k(x_k; v_k))]` (paper, section 4.2), for some proposals: the mean gain
 * over the incumbent's output on the same inputs, in units of the score. Proposals are judged by the component's LRF
 * where it is trusted; otherwise, and for the shortlist, the global metric judges, through downstream rollouts. Where money
 * or latency are objectives, what the proposal costs more than the incumbent is taken off: of the component's own call where
 * the LRF judges (it cannot know what an output costs downstream), of the whole example where the metric does.
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

    const places = sample.flatMap((example) => {
      const traced = traces.get(example.id);
      const base = traced?.trace.components[component.name];
      if (traced === undefined || base?.inputs === undefined) return []; // Skipped on this input: nothing to gain.
      const draw: Draw = {
        runSeed: run.seed,
        purpose: 'optimization',
        iteration: input.iteration,
        exampleId: example.id,
        index: 0,
      };
      const { outcome, usage } = base;
      const price = examplePrice(usagesOf(traced.trace), system.wiring);
      return [{ ...traced, example, inputs: base.inputs, base: outcome, baseUsage: usage, price, draw }];
    });
    type Place = (typeof places)[number];

    const rollOut = async ({ example, trace, draw }: Place, outputs: JsonObject, usage?: Cost) => {
      const rolled = await downstreamRollouts({
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
      return mean(rolled.map(({ score, price }) => utility(score, price, plan)));
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
    const dearer = (usage: Cost, { baseUsage }: Place): number =>
      priceInScore(callPrice(usage), plan) - priceInScore(callPrice(baseUsage), plan);
    const judge = async (proposal: Proposal): Promise<Judged[]> => {
      if (reward === undefined) {
        return settleEach(places, async (place) => {
          const call = await callOn(proposal, place);
          return { ...call, gain: await measuredGain(place, call) };
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
        const gain = gainOf.get(place);
        return {
          ...call,
          gain: gain === undefined ? await measuredGain(place, call) : gain - dearer(call.usage, place),
        };
      });
    };

    const instanceGains: InstanceGainsRecord['gains'] = {};
    try {
      const scores = await settleEach(input.hashes, async (hash): Promise<ProposalScore> => {
        const proposal = proposals.get(hash);
        if (proposal === undefined) throw new Error(`no proposal ${hash} in the blobs ${input.blobs.join(', ')}`);
        const judged = await judge(proposal);
        progress(++done, input.hashes.length);
        instanceGains[hash] = Object.fromEntries(
          judged.map(({ gain }, index) => [(places[index] as Place).example.id, gain]),
        );
        return {
          configurationHash: hash,
          ...gainEstimate(judged.map((item) => item.gain)),
          outputsHash: contentHash([
            judged.map((item) => item.outcome),
            // The same outputs at another price are something else; prices within a thousandth of the score are the same.
            ...(hasPriceObjective(plan) && judged.length > 0
              ? [Math.round(1_000 * mean(judged.map(({ usage }) => priceInScore(callPrice(usage), plan))))]
              : []),
          ]),
          changes: proposal.changed.length,
        };
      });
      if (reward === undefined) await recordInstanceGains(dependencies, input, instanceGains);
      return scores;
    } finally {
      await reward?.close();
    }
  });
}

/** Gains by input, for the front of instructions over instances. Rewards are expectations: only the metric's gains count. */
async function recordInstanceGains(
  { stores }: ActivityDependencies,
  { runId, component, iteration, hashes, inputs }: ScoreProposalsInput,
  gains: InstanceGainsRecord['gains'],
): Promise<void> {
  const body: InstanceGainsRecord = { component, gains };
  await stores.ledger.append(runId, [
    {
      key: `iteration/${iteration}/instance-gains/${contentHash([hashes, inputs]).slice(0, 16)}`,
      iteration,
      kind: 'instance-gains',
      body: body as unknown as JsonObject,
    },
  ]);
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
