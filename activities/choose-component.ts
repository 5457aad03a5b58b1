import { needsAdaptation } from '../core/preference/needs-adaptation';
import { randomStream } from '../core/random/stream';
import { localStepInputs } from '../core/run/local-step-inputs';
import { hasPriceObjective } from '../core/run/utility';
import type { ComponentPair } from '../core/system/joint-pairs';
import {
  chooseComponent as choose,
  lastTriedBeforeAnUpdate,
  settledAfter,
  type ScheduledComponent,
  type ScheduledPair,
} from '../core/validation/component-schedule';
import { changesComponent, componentTries } from '../core/validation/component-tries';
import { isSimultaneous } from '../core/validation/simultaneous-step';
import { nothingWorthwhile } from '../core/validation/worthwhile-gain';
import type { ChooseComponentInput, ChosenMove } from './contracts';
import { decisionsBefore, type PastDecision } from './decisions-before';
import { rankingReward, ranks } from './optimize-component/latest-reward';
import type { ActivityDependencies } from './dependencies';
import { exampleCounts } from './example-samples';
import { expectedGain, expectedJointGain, headroom, rejectionsInARow } from '../core/validation/expected-gain';
import { inActivity } from './in-activity';
import { pairsOf } from './joint-moves';
import { openRun, type OpenRun } from './open-run';

/** What the price of a try depends on. */
type ScheduledRun = Pick<OpenRun, 'plan' | 'seed' | 'resolved'>;

/**
 * Chooses all components for a simultaneous step; else the iteration's component, or the two of a joint move, by what the newest
 * data promise; none where no gain worth its price is expected. A second attempt answers what the first one recorded.
 */
export function chooseComponent(dependencies: ActivityDependencies, input: ChooseComponentInput): Promise<ChosenMove> {
  return inActivity(async () => {
    const { stores } = dependencies;
    const { runId, iteration } = input;
    const run = await openRun(dependencies, runId);
    const decisions = await decisionsBefore(stores, runId, iteration);
    const tunable = new Set(input.components.map(({ name }) => name));
    const names = run.resolved.system.wiring.order.filter((item) => tunable.has(item));
    const { proposals } = run.plan;
    if (run.plan.simultaneousSteps && isSimultaneous(decisions, { components: names.length, proposals })) {
      const [component, ...others] = names as [string, ...string[]];
      const what = decisions.length === 0 ? 'the first iteration' : 'the simultaneous step before was accepted';
      const adapts = await adapting(dependencies, run, input, names, decisions);
      return record(dependencies, input, { component, others, adapts, reason: `all components at once: ${what}` });
    }
    const components: ScheduledComponent[] = [];
    const headrooms = new Map<string, number | undefined>();
    for (const name of names) {
      const { tries, alone, accepted } = componentTries(decisions, name);
      const candidates = await stores.candidates.listNewest(runId, name, iteration);
      const reward = await stores.rewardVersions.newest(runId, name, iteration);
      headrooms.set(name, headroom(candidates, accepted));
      components.push({
        name,
        expectedGain: expectedGain(candidates, tries),
        rejections: rejectionsInARow(tries),
        costPerTry: costPerTry(run, name, reward !== undefined && ranks(reward)),
        tries: alone.length,
        lastTried: tries.at(-1)?.iteration ?? null,
        lastAccepted: accepted.at(-1)?.iteration ?? null,
      });
    }
    const pairs = pairsOf(run.resolved, run.plan, input.components).map((pair): ScheduledPair => {
      const tries = decisions.filter(
        ({ component, partner }) => component === pair.component && partner === pair.partner,
      );
      const changed = decisions.findLast(
        (decision) => changesComponent(decision, pair.component) || changesComponent(decision, pair.partner),
      );
      const rejections = tries.filter((past) => past.iteration > (changed?.iteration ?? -1)).length;
      return {
        ...pair,
        expectedGain: expectedJointGain([headrooms.get(pair.component), headrooms.get(pair.partner)], rejections),
        rejections,
        costPerTry: costOfPair(run, pair),
        lastTried: tries.at(-1)?.iteration ?? null,
        lastAccepted: tries.findLast(({ accepted }) => accepted)?.iteration ?? null,
      };
    });
    const moves = [
      ...components.map((item) => ({
        ...item,
        component: item.name,
        outdated: item.tries === 0 || lastTriedBeforeAnUpdate(item, components),
      })),
      ...pairs,
    ];
    // Expected gains are in score: what a move may save in money or time is unknown.
    const ended = hasPriceObjective(run.plan) ? undefined : nothingWorthwhile(moves, run.plan.worthwhileGain);
    const choice =
      ended === undefined
        ? choose({
            schedule: run.plan.schedule,
            components,
            pairs,
            // A simultaneous step is the try of no single component or pair.
            rejectedInARow: rejectionsInARow(
              decisions.filter(({ others, accepted }) => others === undefined || accepted),
            ),
            settledAfter: settledAfter(run.plan.patience, components.length, pairs.length),
            iteration,
            stream: randomStream(run.seed, 'choose-component', iteration),
          })
        : { component: null, reason: ended };
    if (choice.component === null) return record(dependencies, input, choice);
    const alone = choice.partner === undefined ? [choice.component] : [];
    const adapts = await adapting(dependencies, run, input, alone, decisions);
    return record(dependencies, input, { ...choice, adapts });
  });
}

/** Those of some components whose rewards need fresh preference data. */
async function adapting(
  { stores }: ActivityDependencies,
  { plan }: OpenRun,
  { runId, iteration }: ChooseComponentInput,
  components: readonly string[],
  decisions: readonly PastDecision[],
): Promise<string[]> {
  const adapts: string[] = [];
  for (const name of plan.rewards ? components : []) {
    // One that cannot be read counts as not trusted, so that it is fitted anew at once.
    const trusted = (await rankingReward(stores, { runId, component: name, upTo: iteration })) !== undefined;
    const newestData = (await stores.candidates.newestIteration(runId, name, iteration)) ?? null;
    if (needsAdaptation(name, { trusted, newestData }, decisions)) adapts.push(name);
  }
  return adapts;
}

/** Answers what is in the record, which an earlier attempt may have written. */
async function record(
  { stores }: ActivityDependencies,
  { runId, iteration }: ChooseComponentInput,
  choice: ChosenMove,
): Promise<ChosenMove> {
  const key = `iteration/${iteration}/component`;
  await stores.ledger.append(runId, [{ key, iteration, kind: 'component', body: { ...choice } }]);
  return (await stores.ledger.get(runId, key))?.body as unknown as ChosenMove;
}

/**
 * Calls of stochastic components in one try: a proposal is judged on its own output where the LRF is trusted, else with
 * everything downstream, as the shortlist always is; validation runs the whole system for incumbent and finalist.
 * Deterministic calls count as free.
 */
export function costPerTry(run: ScheduledRun, component: string, trusted: boolean): number {
  const { plan, seed, resolved } = run;
  const { ranked, traced } = localStepInputs(plan, exampleCounts(resolved, seed).ranking);
  const own = stochasticCalls(run, [component], false);
  const withDescendants = stochasticCalls(run, [component], true);
  return (
    plan.proposals * ranked * (trusted ? own : withDescendants) +
    // Where the metric ranked, it knows the shortlist on the ranked inputs already.
    plan.shortlist * (trusted ? traced : traced - ranked) * withDescendants +
    validationCalls(run)
  );
}

/** The same for a joint move, which the metric judges alone: with everything downstream of either component. */
function costOfPair(run: ScheduledRun, { component, partner }: ComponentPair): number {
  const { plan, seed, resolved } = run;
  const { ranked, traced } = localStepInputs(plan, exampleCounts(resolved, seed).ranking);
  const inputs = plan.proposals * ranked + plan.shortlist * (traced - ranked);
  return inputs * stochasticCalls(run, [component, partner], true) + validationCalls(run);
}

function validationCalls(run: ScheduledRun): number {
  const { system } = run.resolved;
  return 2 * run.plan.validationExamples * system.components.filter((item) => !item.deterministic).length;
}

/** How many of these components, and of their descendants, are stochastic. */
function stochasticCalls({ resolved }: ScheduledRun, components: readonly string[], withDescendants: boolean): number {
  const { system } = resolved;
  const called = new Set(
    components.flatMap((name) => [name, ...(withDescendants ? (system.wiring.descendants[name] ?? []) : [])]),
  );
  return system.components.filter((item) => !item.deterministic && called.has(item.name)).length;
}
