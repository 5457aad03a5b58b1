import { costPerTry } from '../../activities/choose-component';
import type { ResolvedSystem } from '../../activities/definition/resolve-system';
import { exampleCounts, exampleSample } from '../../activities/example-samples';
import type { OpenRun } from '../../activities/open-run';
import { proposalPool } from '../../activities/optimize-component/proposal-pool';
import type { TracedEvaluation } from '../../activities/traces';
import type { StoredCandidate } from '../../storage';
import { gainsOfConfigurations } from '../../core/preference/gains-of-configurations';
import { markStale } from '../../core/preference/mark-stale';
import { randomStream } from '../../core/random/stream';
import { localStepInputs } from '../../core/run/local-step-inputs';
import type { RunPlan } from '../../core/run/plan';
import { combineProposals } from '../../core/search/combine-proposals';
import { gainEstimate } from '../../core/search/gain-estimate';
import { distinctProposals, proposalHash, type Incumbent, type Proposal } from '../../core/search/proposal';
import { rankDistinct } from '../../core/search/rank-distinct';
import { rankProposals } from '../../core/search/ranking';
import { shortlist } from '../../core/search/shortlist';
import type { Component } from '../../core/system/component';
import {
  configurationHash,
  initialConfiguration,
  withComponent,
  type Configuration,
} from '../../core/system/configuration';
import type { Draw, Purpose } from '../../core/system/draw';
import { downstreamInfluences } from '../../core/system/downstream-influences';
import type { JsonObject } from '../../core/system/json';
import type { Example } from '../../core/system/run-context';
import type { Split } from '../../core/system/system';
import type { ComponentOutcome } from '../../core/system/trace';
import { decideAcceptance } from '../../core/validation/acceptance';
import { chooseComponent } from '../../core/validation/component-schedule';
import { expectedGain } from '../../core/validation/expected-gain';
import { mean } from '../../core/validation/moments';
import { pairByExample } from '../../core/validation/scores-by-example';
import type { SyntheticSystem } from '../../systems/synthetic';
import { collectCandidates } from './collect-candidates';
import { fitFastReward, rewardGains, type FastReward } from './fast-reward';
import { scriptedInstructions } from './scripted-instructions';
import { SimulatedSystem, type CallPurpose } from './simulated-system';
import type { Variant } from './variant';

/** Beyond them a fit costs more than the rest of a run; the product takes up to 1,000. */
const enoughCandidates = 300;

/** Where a run stands after an iteration. */
export interface CurvePoint {
  /** Component calls so far. */
  calls: number;
  /** Sum of the gains that accepted updates had on validation examples. */
  validated: number;
  configuration: Configuration;
}

export interface Decided {
  iteration: number;
  component: string;
  accepted: boolean;
  before: number | null;
  after: number | null;
  /** The best finalist. */
  candidate: Configuration | null;
  incumbent: Configuration;
}

/** A proposal as the local step judged it. */
interface Judged {
  configurationHash: string;
  proposal: Proposal;
  meanGain: number;
  standardError: number;
  inputs: number;
  outputsHash: string;
  changes: number;
}

/** One optimization in memory: the steps of `workflows/iteration.ts`, by the functions of core that the activities use. */
export class InMemoryOptimizer {
  readonly simulated: SimulatedSystem;
  readonly curve: CurvePoint[] = [];
  readonly decisions: Decided[] = [];
  /** Held-out alignment of every reward that was fitted. */
  readonly alignments: number[] = [];
  incumbent: Configuration;
  private readonly run: Pick<OpenRun, 'plan' | 'seed' | 'resolved'>;
  private readonly candidates = new Map<string, StoredCandidate[]>();
  private readonly rewards = new Map<string, FastReward | undefined>();
  private readonly traces = new Map<string, Map<string, TracedEvaluation>>();
  /** Settings of alternatives, by the hash of the whole configuration. */
  private readonly settings = new Map<string, Configuration[string]>();
  private validated = 0;

  constructor(
    { system, examples }: SyntheticSystem,
    private readonly seed: number,
    private readonly plan: RunPlan,
    private readonly variant: Variant,
  ) {
    this.simulated = new SimulatedSystem(system);
    this.incumbent = initialConfiguration(system);
    const all = [...examples.train, ...examples.validation, ...examples.test];
    const resolved = { system, examples, exampleById: new Map(all.map((example) => [example.id, example])) };
    this.run = { plan, seed, resolved: resolved as unknown as ResolvedSystem };
  }

  async optimize(): Promise<void> {
    const { plan, variant } = this;
    this.evaluate(this.incumbent, 'validation', 'baseline', -1, plan.validationExamples, 'baseline');
    this.record();
    if (variant.rewards) await this.fitInitialRewards();
    const settled = plan.patience * this.tunable.length;
    let rejected = 0;
    for (let iteration = 0; iteration < plan.iterations && rejected < settled; iteration++) {
      const decision = await this.iterate(iteration);
      this.decisions.push(decision);
      if (decision.accepted && decision.candidate !== null) {
        this.incumbent = decision.candidate;
        this.validated += (decision.after ?? 0) - (decision.before ?? 0);
      }
      rejected = decision.accepted ? 0 : rejected + 1;
      this.record();
    }
  }

  private get tunable(): Component[] {
    return this.run.resolved.system.components.filter(
      ({ configuration }) =>
        this.variant.proposals === 'pool' || Object.values(configuration).some(({ type }) => type === 'prompt'),
    );
  }

  private record(): void {
    const { validated, incumbent } = this;
    this.curve.push({ calls: this.simulated.made, validated, configuration: incumbent });
  }

  private async fitInitialRewards(): Promise<void> {
    const { plan } = this;
    this.evaluate(this.incumbent, 'train', 'preference', -1, plan.preferenceInputs, 'preference traces');
    for (const component of this.tunable) {
      await this.collect(component, -1, plan.preferenceInputs);
      this.fit(component, -1);
    }
  }

  private async iterate(iteration: number): Promise<Decided> {
    const { plan, variant } = this;
    const component = this.choose(iteration);
    const learns = variant.rewards && variant.adapts;
    if (learns || demonstrates(component)) {
      this.evaluate(this.incumbent, 'train', 'preference', iteration, plan.adaptationInputs, 'preference traces');
    }
    if (learns) {
      await this.collect(component, iteration, plan.adaptationInputs);
      this.fit(component, iteration);
    }
    const { ranked, traced } = localStepInputs(plan, exampleCounts(this.run.resolved, this.seed).ranking);
    this.evaluate(this.incumbent, 'train', 'optimization', iteration, traced, 'traces');
    const first = this.judge(component, iteration, this.propose(component, iteration), ranked, 'reward');
    const second = this.judge(component, iteration, this.combinations(component, first), ranked, 'reward');
    const best = shortlist([{ scores: first }, { scores: second }], plan.shortlist);
    const measured = this.judge(
      component,
      iteration,
      best.map(({ proposal }) => proposal),
      traced,
      'metric',
    );
    const finalists = rankDistinct(measured)
      .distinct.filter(({ meanGain }) => meanGain > 0)
      .slice(0, plan.finalists)
      .map(({ proposal }) => withComponent(this.incumbent, component.name, proposal.settings));
    return { iteration, component: component.name, incumbent: this.incumbent, ...this.validate(finalists, iteration) };
  }

  private choose(iteration: number): Component {
    const components = this.tunable.map((component) => {
      const { name } = component;
      const own = this.decisions.filter((decision) => decision.component === name);
      const known = this.candidates.get(name) ?? [];
      return {
        name,
        expectedGain: expectedGain(known, own),
        costPerTry: costPerTry(this.run, name, this.rewards.get(name)?.trusted === true),
        tries: own.length,
        lastTried: own.at(-1)?.iteration ?? null,
        lastAccepted: own.findLast(({ accepted }) => accepted)?.iteration ?? null,
      };
    });
    const { schedule } = this.variant;
    const stream = randomStream(this.seed, 'choose-component', iteration);
    const choice = chooseComponent({ schedule, components, iteration, stream });
    return this.tunable.find(({ name }) => name === choice.component) as Component;
  }

  /** Scores by example id. */
  private evaluate(
    configuration: Configuration,
    split: Split,
    purpose: Purpose,
    iteration: number,
    count: number,
    label: CallPurpose,
    part: [number, number] = [0, count],
  ): Map<string, number> {
    const examples = this.sample(split, purpose, iteration, count).slice(...part);
    return new Map(
      examples.map((example) => {
        const { trace, score } = this.simulated.run(
          configuration,
          example,
          this.draw(purpose, iteration, example),
          label,
        );
        if (split === 'train') {
          const key = `${purpose}/${purpose === 'preference' ? configurationHash(configuration) : iteration}`;
          const traces = this.traces.get(key) ?? new Map<string, TracedEvaluation>();
          this.traces.set(key, traces.set(example.id, { trace, evaluation: { ...score, drawIndex: 0 } }));
        }
        return [example.id, score.score];
      }),
    );
  }

  private sample(split: Split, purpose: Purpose, iteration: number, count: number): Example[] {
    return exampleSample(this.run.resolved, this.seed, { split, purpose, iteration, count });
  }

  private draw(purpose: Purpose, iteration: number, example: Example): Draw {
    return { runSeed: this.seed, purpose, iteration, exampleId: example.id, index: 0 };
  }

  /** Of the incumbent on training inputs, also of earlier iterations. */
  private get incumbentTraces(): Map<string, TracedEvaluation> {
    return this.traces.get(`preference/${configurationHash(this.incumbent)}`) ?? new Map<string, TracedEvaluation>();
  }

  private async collect(component: Component, iteration: number, count: number): Promise<void> {
    const { run, incumbent, incumbentTraces: traces } = this;
    const alternatives = this.pool(component, iteration, 'candidates');
    for (const { settings } of alternatives) {
      this.settings.set(configurationHash(withComponent(incumbent, component.name, settings)), settings);
    }
    for (const example of this.sample('train', 'preference', iteration, count)) {
      const traced = traces.get(example.id);
      if (traced === undefined) continue;
      const step = { component, incumbent, example, traced, alternatives, iteration };
      const collected = await collectCandidates(run, this.simulated, step);
      this.candidates.set(component.name, [...(this.candidates.get(component.name) ?? []), ...collected]);
    }
  }

  private fit(component: Component, iteration: number): void {
    const { system } = this.run.resolved;
    const influences = downstreamInfluences(system.wiring, component.name);
    const newest = (this.candidates.get(component.name) ?? []).slice(-enoughCandidates);
    const reward = fitFastReward(
      component,
      markStale(
        newest,
        influences,
        this.decisions.map((decision) => ({ ...decision, changed: [decision] })),
      ),
      this.seed,
    );
    if (reward?.alignment !== null && reward !== undefined) this.alignments.push(reward.alignment);
    this.rewards.set(component.name, reward);
  }

  private pool(component: Component, iteration: number, purpose: 'candidates' | 'proposals'): Proposal[] {
    const known = this.candidates.get(component.name) ?? [];
    const gains = purpose === 'proposals' ? gainsOfConfigurations(known, configurationHash(this.incumbent)) : new Map();
    return proposalPool(this.run as OpenRun, {
      component,
      iteration,
      incumbent: this.incumbent,
      traces: this.incumbentTraces,
      purpose,
      ...(purpose === 'proposals' && {
        candidates: known.filter((candidate) => candidate.iteration === iteration),
        observations: [...gains].map(([hash, value]) => ({ settings: this.settings.get(hash) ?? {}, value })),
      }),
    });
  }

  private incumbentOf(component: Component): Incumbent {
    return { variables: component.configuration, settings: this.incumbent[component.name] ?? {} };
  }

  private propose(component: Component, iteration: number): Proposal[] {
    const incumbent = this.incumbentOf(component);
    const proposals =
      this.variant.proposals === 'scripted'
        ? scriptedInstructions(incumbent, this.plan.proposals, randomStream(this.seed, 'scripted', iteration))
        : this.pool(component, iteration, 'proposals');
    return distinctProposals(incumbent, proposals).slice(0, this.plan.proposals);
  }

  private combinations(component: Component, judged: readonly Judged[]): Proposal[] {
    if (this.variant.proposals === 'scripted') return [];
    const incumbent = this.incumbentOf(component);
    const ranked = rankProposals({
      incumbent: incumbent.settings,
      proposals: judged.map(({ proposal }) => proposal),
      values: Object.fromEntries(judged.map((item) => [proposalHash(item.proposal), item])),
    });
    return combineProposals({ incumbent, ranked });
  }

  /** Expected gains over the incumbent, by the trusted reward or by downstream rollouts, as `scoreProposals` has them. */
  private judge(
    component: Component,
    iteration: number,
    proposals: readonly Proposal[],
    inputs: number,
    judge: 'reward' | 'metric',
  ): Judged[] {
    const { plan, seed } = this;
    const { traced } = localStepInputs(plan, exampleCounts(this.run.resolved, seed).ranking);
    const reward = judge === 'reward' ? this.rewards.get(component.name) : undefined;
    const label = judge === 'reward' ? 'ranking' : 'shortlist';
    const places = this.sample('train', 'optimization', iteration, traced)
      .slice(0, inputs)
      .flatMap((example) => {
        const trace = this.traces.get(`optimization/${iteration}`)?.get(example.id)?.trace;
        const base = trace?.components[component.name];
        if (trace === undefined || base?.inputs === undefined || base.outcome.status !== 'ok') return [];
        return [{ example, trace, inputs: base.inputs, base: base.outcome.outputs }];
      });
    return proposals.map((proposal): Judged => {
      const outputs = places.map((place) =>
        this.simulated.call(
          component,
          place.inputs,
          proposal.settings,
          this.draw('optimization', iteration, place.example),
          label,
        ),
      );
      const gains = reward?.trusted
        ? rewardGains(
            reward,
            places.map((place, at) => ({
              inputs: place.inputs,
              incumbent: place.base,
              candidate: outputs[at] as JsonObject,
            })),
            this.variant.calibrated,
          )
        : places.map(
            (place, at) =>
              this.downstream(component, iteration, place, outputs[at] as JsonObject, label) -
              this.downstream(component, iteration, place, place.base, label),
          );
      return {
        configurationHash: configurationHash(withComponent(this.incumbent, component.name, proposal.settings)),
        proposal,
        ...gainEstimate(gains),
        outputsHash: JSON.stringify(outputs),
        changes: proposal.changed.length,
      };
    });
  }

  private downstream(
    component: Component,
    iteration: number,
    { example, trace }: { example: Example; trace: TracedEvaluation['trace'] },
    outputs: JsonObject,
    label: CallPurpose,
  ): number {
    const { wiring } = this.run.resolved.system;
    const descendants = wiring.descendants[component.name] ?? new Set<string>();
    const given: Record<string, ComponentOutcome> = { [component.name]: { status: 'ok', outputs } };
    for (const [name, item] of Object.entries(trace.components)) {
      if (name !== component.name && !descendants.has(name)) given[name] = item.outcome;
    }
    const rollouts = descendants.size > 0 ? this.plan.rolloutsPerCandidate : 1;
    return mean(
      Array.from({ length: rollouts }, (_, index) => {
        const draw = { ...this.draw('optimization', iteration, example), index };
        return this.simulated.run(this.incumbent, example, draw, label, given).score.score;
      }),
    );
  }

  /** Validates finalists as `halve` and `decide` do. */
  private validate(
    finalists: readonly Configuration[],
    iteration: number,
  ): Pick<Decided, 'accepted' | 'before' | 'after' | 'candidate'> {
    const { plan } = this;
    const nothing = { accepted: false, before: null, after: null, candidate: null };
    if (finalists.length === 0) return nothing;
    const count = Math.min(plan.validationExamples, this.run.resolved.examples.validation.length);
    const third = Math.ceil(count / 3);
    const scoresOf = (configuration: Configuration, part: [number, number]): Map<string, number> =>
      this.evaluate(configuration, 'validation', 'validation', iteration, count, 'validation', part);
    const early = scoresOf(this.incumbent, [0, third]);
    const gains = finalists
      .map((configuration) => ({
        configuration,
        gain: mean(pairByExample(early, scoresOf(configuration, [0, third])).differences),
        hash: configurationHash(configuration),
      }))
      .sort((a, b) => b.gain - a.gain || (a.hash < b.hash ? -1 : 1));
    const [best] = gains;
    if (best === undefined || best.gain <= 0) return nothing;
    const verdict = decideAcceptance({
      incumbent: scoresOf(this.incumbent, [0, count]),
      finalists: [{ configurationHash: best.hash, scores: scoresOf(best.configuration, [0, count]) }],
      entered: finalists.length,
      alpha: plan.alpha,
      minimumEffect: plan.minimumEffect,
      seed: iteration,
    });
    const [comparison] = verdict.comparisons;
    return {
      accepted: verdict.accepted !== null,
      before: comparison?.before ?? null,
      after: comparison?.after ?? null,
      candidate: best.configuration,
    };
  }
}

function demonstrates({ configuration }: Component): boolean {
  return Object.values(configuration).some(({ type }) => type === 'prompt');
}
