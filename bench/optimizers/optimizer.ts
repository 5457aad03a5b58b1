import { costPerTry } from '../../activities/choose-component';
import { exampleCounts } from '../../activities/example-samples';
import type { OpenRun } from '../../activities/open-run';
import { alternativeSettings } from '../../activities/optimize-component/alternative-settings';
import { rankJudged } from '../../activities/optimize-component/rank-judged';
import { gainsOfConfigurations } from '../../core/preference/gains-of-configurations';
import { markStale } from '../../core/preference/mark-stale';
import { needsAdaptation } from '../../core/preference/needs-adaptation';
import { randomStream } from '../../core/random/stream';
import { localStepInputs, simultaneousInputs } from '../../core/run/local-step-inputs';
import type { Move } from '../../core/run/move-text';
import type { RunPlan } from '../../core/run/plan';
import { combineProposals } from '../../core/search/combine-proposals';
import type { PastProposal } from '../../core/search/past-proposal';
import { placeProposal } from '../../core/search/place-proposal';
import { distinctProposals, incumbentOf, type Proposal } from '../../core/search/proposal';
import { rankDistinct } from '../../core/search/rank-distinct';
import { shortlist } from '../../core/search/shortlist';
import { simultaneousProposal, type LocalPart } from '../../core/search/simultaneous-proposal';
import type { Component } from '../../core/system/component';
import { configurationHash, type ComponentConfiguration, type Configuration } from '../../core/system/configuration';
import { downstreamInfluences } from '../../core/system/downstream-influences';
import { hasPrompt } from '../../core/system/variable';
import { chooseComponent, settledAfter } from '../../core/validation/component-schedule';
import { componentTries } from '../../core/validation/component-tries';
import { expectedGain, rejectionsInARow } from '../../core/validation/expected-gain';
import { keepFirst, type MeasuredGains } from '../../core/validation/keep-first';
import { isSimultaneous } from '../../core/validation/simultaneous-step';
import type { StoredCandidate } from '../../storage';
import type { SyntheticSystem } from '../../systems/synthetic';
import { collectCandidates } from './collect-candidates';
import { FeatureRows, fitFastReward, type FastReward } from './fast-reward';
import { judgeProposals, type Judged } from './judge-proposals';
import { OptimizerState } from './optimizer-state';
import { scriptedOpro } from './scripted-opro';
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

/** What was proposed for one component in an iteration, and what the global metric measured of it. */
export interface LocalOutcome {
  component: string;
  /** Settings of the component. */
  proposed: ComponentConfiguration[];
  /** Configuration hash -> example id -> gain over the incumbent. */
  measured: MeasuredGains;
}

/** An iteration's outcome. */
export interface Decided extends Move {
  iteration: number;
  accepted: boolean;
  /** Components that the candidate changes. */
  changed: { component: string }[];
  /** At which it was tested. */
  level: number;
  before: number | null;
  after: number | null;
  candidate: Configuration | null;
  incumbent: Configuration;
  /** By component. */
  parts: LocalOutcome[];
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
  /** By component: what OPRO reads. */
  private readonly past = new Map<string, PastProposal[]>();
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
      if (decision.accepted) rejected = 0;
      else if (decision.others === undefined) rejected += 1;
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
    const { plan, decisions, tunable } = this;
    return plan.simultaneousSteps &&
      isSimultaneous(decisions, { components: tunable.length, proposals: plan.proposals })
      ? this.changeAll(iteration)
      : this.changeOne(iteration, this.choose(iteration));
  }

  private async changeOne(iteration: number, component: Component): Promise<Decided> {
    const { plan, state } = this;
    const { incumbent } = state;
    await this.prepare([component], iteration);
    const { ranked, traced } = this.inputs;
    const judged = await this.rank(component, iteration, ranked);
    const best = shortlist([{ scores: judged }], plan.shortlist).map(({ proposal }) => proposal);
    const short = judgeProposals(state, {
      ...{ component, iteration, proposals: best, label: 'shortlist' },
      places: state.places(component, iteration, { traced, inputs: traced }),
    });
    const finalists = rankDistinct(short)
      .distinct.filter(({ meanGain }) => meanGain > 0)
      .slice(0, plan.finalists)
      .map(({ proposal }) => placeProposal(incumbent, component.name, proposal));
    const { gains, ...validation } = validateFinalists(state, finalists, iteration, this.decisions);
    const part = outcomeOf(component, [...judged, ...short]);
    for (const [hash, found] of gains) keepFirst(part.measured, hash, found);
    const { name } = component;
    return { iteration, component: name, changed: [{ component: name }], incumbent, ...validation, parts: [part] };
  }

  private async changeAll(iteration: number): Promise<Decided> {
    const { state, tunable } = this;
    const { incumbent } = state;
    await this.prepare(tunable, iteration);
    const parts: LocalOutcome[] = [];
    const steps: LocalPart[] = [];
    for (const component of tunable) {
      const judged = await this.rank(component, iteration, simultaneousInputs(this.inputs.ranked));
      parts.push(outcomeOf(component, judged));
      steps.push({ component: component.name, judged: judged.map((score) => ({ proposal: score.proposal, score })) });
    }
    const step = simultaneousProposal(steps);
    const finalists = step === undefined ? [] : [placeProposal(incumbent, step.component, step.proposal)];
    const { gains: _, ...validation } = validateFinalists(state, finalists, iteration, this.decisions);
    const [component, ...others] = tunable.map(({ name }) => name) as [string, ...string[]];
    const changed = (step?.parts ?? []).map(({ component: name }) => ({ component: name }));
    return { iteration, component, others, changed, incumbent, ...validation, parts };
  }

  private get inputs(): { ranked: number; traced: number } {
    return localStepInputs(this.plan, exampleCounts(this.state.run.resolved, this.state.seed).ranking);
  }

  /** Traces and, where rewards are learnt, preference data and adapted rewards. */
  private async prepare(components: readonly Component[], iteration: number): Promise<void> {
    const { plan, variant, state } = this;
    const adapting = components.filter(({ name }) => {
      const newestData = this.candidates.get(name)?.at(-1)?.iteration ?? null;
      const reward = { trusted: this.rewards.get(name)?.trusted === true, newestData };
      return variant.rewards && variant.adapts && needsAdaptation(name, reward, this.decisions);
    });
    if (adapting.length > 0 || components.some(({ configuration }) => hasPrompt(configuration))) {
      this.tracePreference(iteration, plan.adaptationInputs);
    }
    for (const component of adapting) {
      await this.collect(component, iteration, plan.adaptationInputs);
      this.fit(component);
    }
    const traces = { split: 'train', purpose: 'optimization', iteration, count: this.inputs.traced } as const;
    state.evaluate(state.incumbent, traces, 'traces');
  }

  /** Proposals of both rounds, by the component's reward where it is trusted. */
  private async rank(component: Component, iteration: number, inputs: number): Promise<Judged[]> {
    const { state, variant } = this;
    const model = this.rewards.get(component.name);
    const places = state.places(component, iteration, { traced: this.inputs.traced, inputs });
    const judge = (proposals: readonly Proposal[]): Judged[] =>
      judgeProposals(state, {
        ...{ component, iteration, proposals, places, label: 'ranking' },
        reward: model?.trusted ? { model, calibrated: variant.calibrated } : undefined,
      });
    const first = judge(await this.propose(component, iteration));
    if (variant.proposals === 'opro') this.remember(component, iteration, first);
    return [...first, ...judge(this.combinations(component, first))];
  }

  private remember(component: Component, iteration: number, judged: readonly Judged[]): void {
    const { settings } = incumbentOf(component, this.state.incumbent);
    const own = judged.map(({ proposal, meanGain }): PastProposal => ({
      ...{ iteration, incumbent: settings, proposal, expectedGain: meanGain, measuredGain: null },
      ...{ finalist: false, accepted: false },
    }));
    this.past.set(component.name, [...(this.past.get(component.name) ?? []), ...own]);
  }

  private choose(iteration: number): Component {
    const components = this.tunable.map(({ name }) => {
      const { tries, alone, accepted } = componentTries(this.decisions, name);
      return {
        name,
        expectedGain: expectedGain(this.candidates.get(name) ?? [], tries),
        rejections: rejectionsInARow(tries),
        costPerTry: costPerTry(this.state.run, name, this.rewards.get(name)?.trusted === true),
        tries: alone.length,
        lastTried: tries.at(-1)?.iteration ?? null,
        lastAccepted: accepted.at(-1)?.iteration ?? null,
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
    const features = this.features.get(component.name) ?? new FeatureRows();
    this.features.set(component.name, features);
    const reward = fitFastReward(component, markStale(newest, influences, this.decisions), this.state.seed, features);
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
        candidates: known.filter((candidate) => candidate.iteration === known.at(-1)?.iteration),
        observations: [...gains].map(([hash, value]) => ({ settings: this.settings.get(hash) ?? {}, value })),
      }),
    });
    // `judgeProposals` calls one component: what a change elsewhere is worth, it would not see.
    return proposals.filter(({ elsewhere }) => elsewhere === undefined);
  }

  private async propose(component: Component, iteration: number): Promise<Proposal[]> {
    const incumbent = incumbentOf(component, this.state.incumbent);
    const { proposals: count } = this.plan;
    const stream = randomStream(this.state.seed, 'scripted', component.name, iteration);
    const proposals =
      this.variant.proposals === 'opro'
        ? scriptedOpro(incumbent, this.past.get(component.name) ?? [], count, stream)
        : await this.pool(component, iteration, 'proposals');
    return distinctProposals(incumbent, proposals).slice(0, count);
  }

  private combinations(component: Component, judged: readonly Judged[]): Proposal[] {
    if (this.variant.proposals === 'opro') return [];
    const incumbent = incumbentOf(component, this.state.incumbent);
    const scored = judged.map((item) => ({ proposal: item.proposal, score: item }));
    return combineProposals({ incumbent, ranked: rankJudged(incumbent.settings, scored) });
  }
}

function outcomeOf({ name }: Component, judged: readonly Judged[]): LocalOutcome {
  const measured: MeasuredGains = new Map();
  for (const item of judged) keepFirst(measured, item.configurationHash, item.measured ?? undefined);
  const settings = new Map(judged.map((item) => [item.configurationHash, item.proposal.settings]));
  return { component: name, proposed: [...settings.values()], measured };
}
