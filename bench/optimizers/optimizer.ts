import { costPerTry } from '../../activities/choose-component';
import { exampleCounts } from '../../activities/example-samples';
import type { OpenRun } from '../../activities/open-run';
import { alternativeSettings } from '../../activities/optimize-component/alternative-settings';
import { rankJudged } from '../../activities/optimize-component/rank-judged';
import { gainsOfConfigurations } from '../../core/preference/gains-of-configurations';
import { markStale } from '../../core/preference/mark-stale';
import { randomStream } from '../../core/random/stream';
import { localStepInputs } from '../../core/run/local-step-inputs';
import type { RunPlan } from '../../core/run/plan';
import { combineProposals } from '../../core/search/combine-proposals';
import { placeProposal } from '../../core/search/place-proposal';
import { distinctProposals, incumbentOf, type Proposal } from '../../core/search/proposal';
import { rankDistinct } from '../../core/search/rank-distinct';
import { shortlist } from '../../core/search/shortlist';
import type { Component } from '../../core/system/component';
import { configurationHash, type ComponentConfiguration, type Configuration } from '../../core/system/configuration';
import { downstreamInfluences } from '../../core/system/downstream-influences';
import { hasPrompt } from '../../core/system/variable';
import { chooseComponent, settledAfter } from '../../core/validation/component-schedule';
import { expectedGain, rejectionsInARow } from '../../core/validation/expected-gain';
import { keepFirst, type MeasuredGains } from '../../core/validation/keep-first';
import type { StoredCandidate } from '../../storage';
import type { SyntheticSystem } from '../../systems/synthetic';
import { collectCandidates } from './collect-candidates';
import { FeatureRows, fitFastReward, type FastReward } from './fast-reward';
import { judgeProposals, type Judged } from './judge-proposals';
import { OptimizerState } from './optimizer-state';
import { scriptedInstructions } from './scripted-instructions';
import { validateFinalists } from './validate-finalists';
import type { Variant } from './variant';

/** Beyond them a fit costs more than the rest of a run; the product takes up to 1,000. */
const enoughCandidates = 300;

/** Where a run stands after an iteration. */
export interface CurvePoint {
  /** Component calls so far. */
  calls: number;
  /** Those that would have been made if no two settings of a component ever gave the same output. */
  callsIfDistinct: number;
  /** Without those for preference data. */
  callsWithoutPreference: number;
  /** Sum of the gains that accepted updates had on validation examples. */
  validated: number;
  configuration: Configuration;
}

/** An iteration's outcome. */
export interface Decided {
  iteration: number;
  component: string;
  accepted: boolean;
  /** At which it was tested. */
  level: number;
  before: number | null;
  after: number | null;
  candidate: Configuration | null;
  incumbent: Configuration;
  /** Settings of the component that were proposed. */
  proposed: ComponentConfiguration[];
  /** What the global metric measured of them: configuration hash -> example id -> gain over `incumbent`. */
  measured: MeasuredGains;
}

/** One optimization in memory: the steps of `workflows/iteration.ts`, by the functions of core that the activities use. */
export class InMemoryOptimizer {
  readonly state: OptimizerState;
  readonly curve: CurvePoint[] = [];
  readonly decisions: Decided[] = [];
  /** Held-out alignment of every reward that was fitted. */
  readonly alignments: number[] = [];
  private readonly candidates = new Map<string, StoredCandidate[]>();
  private readonly rewards = new Map<string, FastReward | undefined>();
  private readonly features = new Map<string, FeatureRows>();
  /** Settings of alternatives, by the hash of the whole configuration. */
  private readonly settings = new Map<string, ComponentConfiguration>();
  private validated = 0;

  constructor(
    synthetic: SyntheticSystem,
    seed: number,
    private readonly plan: RunPlan,
    private readonly variant: Variant,
  ) {
    this.state = new OptimizerState(synthetic, seed, plan);
  }

  async optimize(): Promise<void> {
    const { plan, variant, state } = this;
    const count = plan.validationExamples;
    state.evaluate(state.incumbent, { split: 'validation', purpose: 'baseline', iteration: -1, count }, 'baseline');
    this.record();
    if (variant.rewards) await this.fitInitialRewards();
    const settled = settledAfter(plan.patience, this.tunable.length, 0);
    let rejected = 0;
    for (let iteration = 0; iteration < plan.iterations && rejected < settled; iteration++) {
      const decision = await this.iterate(iteration);
      this.decisions.push(decision);
      if (decision.accepted && decision.candidate !== null) {
        state.incumbent = decision.candidate;
        this.validated += (decision.after ?? 0) - (decision.before ?? 0);
      }
      rejected = decision.accepted ? 0 : rejected + 1;
      this.record();
    }
  }

  private get tunable(): Component[] {
    return this.state.run.resolved.system.components.filter(
      (component) => this.variant.proposals === 'pool' || hasPrompt(component.configuration),
    );
  }

  private record(): void {
    const { validated } = this;
    const { simulated, incumbent } = this.state;
    this.curve.push({
      calls: simulated.made,
      callsIfDistinct: simulated.madeIfDistinct,
      callsWithoutPreference: simulated.madeWithoutPreference,
      validated,
      configuration: incumbent,
    });
  }

  private async fitInitialRewards(): Promise<void> {
    const count = this.plan.preferenceInputs;
    this.tracePreference(-1, count);
    for (const component of this.tunable) {
      await this.collect(component, -1, count);
      this.fit(component);
    }
  }

  private async iterate(iteration: number): Promise<Decided> {
    const { plan, variant, state } = this;
    const { incumbent } = state;
    const component = this.choose(iteration);
    const learns = variant.rewards && variant.adapts;
    if (learns || hasPrompt(component.configuration)) this.tracePreference(iteration, plan.adaptationInputs);
    if (learns) {
      await this.collect(component, iteration, plan.adaptationInputs);
      this.fit(component);
    }
    const { ranked, traced } = localStepInputs(plan, exampleCounts(state.run.resolved, state.seed).ranking);
    state.evaluate(incumbent, { split: 'train', purpose: 'optimization', iteration, count: traced }, 'traces');
    const reward = this.rewards.get(component.name);
    const judge = (proposals: readonly Proposal[], inputs: number, label: 'ranking' | 'shortlist'): Judged[] =>
      judgeProposals(state, {
        component,
        iteration,
        proposals,
        places: state.places(component, iteration, { traced, inputs }),
        reward: label === 'ranking' && reward?.trusted ? { model: reward, calibrated: variant.calibrated } : undefined,
        label,
      });
    const first = judge(await this.propose(component, iteration), ranked, 'ranking');
    const second = judge(this.combinations(component, first), ranked, 'ranking');
    const best = shortlist([{ scores: first }, { scores: second }], plan.shortlist);
    const short = judge(
      best.map(({ proposal }) => proposal),
      traced,
      'shortlist',
    );
    const finalists = rankDistinct(short)
      .distinct.filter(({ meanGain }) => meanGain > 0)
      .slice(0, plan.finalists)
      .map(({ proposal }) => placeProposal(incumbent, component.name, proposal));
    const { gains, ...validation } = validateFinalists(state, finalists, iteration, this.decisions);
    const measured: MeasuredGains = new Map();
    for (const judged of [...first, ...second, ...short]) {
      keepFirst(measured, judged.configurationHash, judged.measured ?? undefined);
    }
    for (const [hash, found] of gains) keepFirst(measured, hash, found);
    const proposed = [...first, ...second].map(({ proposal }) => proposal.settings);
    return { iteration, component: component.name, incumbent, ...validation, proposed, measured };
  }

  private choose(iteration: number): Component {
    const components = this.tunable.map(({ name }) => {
      const own = this.decisions.filter((decision) => decision.component === name);
      return {
        name,
        expectedGain: expectedGain(this.candidates.get(name) ?? [], own),
        rejections: rejectionsInARow(own),
        costPerTry: costPerTry(this.state.run, name, this.rewards.get(name)?.trusted === true),
        tries: own.length,
        lastTried: own.at(-1)?.iteration ?? null,
        lastAccepted: own.findLast(({ accepted }) => accepted)?.iteration ?? null,
      };
    });
    const { schedule } = this.variant;
    const stream = randomStream(this.state.seed, 'choose-component', iteration);
    const choice = chooseComponent({ schedule, components, iteration, stream });
    return this.tunable.find(({ name }) => name === choice.component) as Component;
  }

  private tracePreference(iteration: number, count: number): void {
    const sample = { split: 'train', purpose: 'preference', iteration, count } as const;
    this.state.evaluate(this.state.incumbent, sample, 'preference traces');
  }

  private async collect(component: Component, iteration: number, count: number): Promise<void> {
    const { run, simulated, incumbent, incumbentTraces } = this.state;
    const alternatives = await this.pool(component, iteration, 'candidates');
    for (const alternative of alternatives) {
      const whole = placeProposal(incumbent, component.name, alternative);
      this.settings.set(configurationHash(whole), alternative.settings);
    }
    for (const example of this.state.sample('train', 'preference', iteration, count)) {
      const traced = incumbentTraces.get(example.id);
      if (traced === undefined) continue;
      const step = { component, incumbent, example, traced, alternatives, iteration };
      const collected = await collectCandidates(run, simulated, step);
      this.candidates.set(component.name, [...(this.candidates.get(component.name) ?? []), ...collected]);
    }
  }

  private fit(component: Component): void {
    const influences = downstreamInfluences(this.state.run.resolved.system.wiring, component.name);
    const newest = (this.candidates.get(component.name) ?? []).slice(-enoughCandidates);
    const decisions = this.decisions.map((decision) => ({ ...decision, changed: [decision] }));
    const features = this.features.get(component.name) ?? new FeatureRows();
    this.features.set(component.name, features);
    const reward = fitFastReward(component, markStale(newest, influences, decisions), this.state.seed, features);
    const alignment = reward?.alignment ?? null;
    if (alignment !== null) this.alignments.push(alignment);
    this.rewards.set(component.name, reward);
  }

  private async pool(
    component: Component,
    iteration: number,
    purpose: 'candidates' | 'proposals',
  ): Promise<Proposal[]> {
    const { run, incumbent, incumbentTraces } = this.state;
    const known = this.candidates.get(component.name) ?? [];
    const gains = gainsOfConfigurations(known, configurationHash(incumbent));
    const proposals = await alternativeSettings(run as OpenRun, {
      signal: new AbortController().signal,
      component,
      iteration,
      incumbent,
      traces: incumbentTraces,
      purpose,
      ...(purpose === 'proposals' && {
        candidates: known.filter((candidate) => candidate.iteration === iteration),
        observations: [...gains].map(([hash, value]) => ({ settings: this.settings.get(hash) ?? {}, value })),
      }),
    });
    // `judgeProposals` calls one component: what a change elsewhere is worth, it would not see.
    return proposals.filter(({ elsewhere }) => elsewhere === undefined);
  }

  private async propose(component: Component, iteration: number): Promise<Proposal[]> {
    const incumbent = incumbentOf(component, this.state.incumbent);
    const { proposals: count } = this.plan;
    const stream = randomStream(this.state.seed, 'scripted', iteration);
    const proposals =
      this.variant.proposals === 'scripted'
        ? scriptedInstructions(incumbent, count, stream)
        : await this.pool(component, iteration, 'proposals');
    return distinctProposals(incumbent, proposals).slice(0, count);
  }

  private combinations(component: Component, judged: readonly Judged[]): Proposal[] {
    if (this.variant.proposals === 'scripted') return [];
    const incumbent = incumbentOf(component, this.state.incumbent);
    const scored = judged.map((item) => ({ proposal: item.proposal, score: item }));
    return combineProposals({ incumbent, ranked: rankJudged(incumbent.settings, scored) });
  }
}
