import { randomStream } from '../core/random/stream';
import { localStepInputs } from '../core/run/local-step-inputs';
import {
  chooseComponent as choose,
  type ComponentChoice,
  type ScheduledComponent,
} from '../core/validation/component-schedule';
import { expectedGain } from '../core/validation/expected-gain';
import type { ChooseComponentInput } from './contracts';
import { decisionsBefore } from './decisions-before';
import type { ActivityDependencies } from './dependencies';
import { exampleCounts } from './example-samples';
import { inActivity } from './in-activity';
import { openRun, type OpenRun } from './open-run';

/**
 * Chooses the iteration's component, by expected gains that are refreshed each time. A second attempt answers what the
 * first one recorded.
 */
export function chooseComponent(
  dependencies: ActivityDependencies,
  input: ChooseComponentInput,
): Promise<ComponentChoice> {
  return inActivity(async () => {
    const { stores } = dependencies;
    const run = await openRun(dependencies, input.runId);
    const decisions = await decisionsBefore(stores, input.runId, input.iteration);
    const components: ScheduledComponent[] = [];
    const tunable = new Set(input.components.map(({ name }) => name));
    for (const name of run.resolved.system.wiring.order.filter((item) => tunable.has(item))) {
      const own = decisions.filter((decision) => decision.component === name);
      const accepted = own.filter((decision) => decision.accepted);
      const candidates = await stores.candidates.listNewest(input.runId, name, input.iteration);
      const reward = await stores.rewardVersions.newest(input.runId, name, input.iteration);
      components.push({
        name,
        expectedGain: expectedGain(candidates, own),
        costPerTry: costPerTry(run, name, reward?.metrics['trusted'] === true),
        tries: own.length,
        lastTried: own.at(-1)?.iteration ?? null,
        lastAccepted: accepted.at(-1)?.iteration ?? null,
      });
    }
    const choice = choose({
      schedule: run.plan.schedule,
      components,
      iteration: input.iteration,
      stream: randomStream(run.seed, 'choose-component', input.iteration),
    });
    const key = `iteration/${input.iteration}/component`;
    await stores.ledger.append(input.runId, [
      { key, iteration: input.iteration, kind: 'component', body: { ...choice } },
    ]);
    return (await stores.ledger.get(input.runId, key))?.body as unknown as ComponentChoice;
  });
}

/**
 * Calls of stochastic components in one try: a proposal is judged on its own output where the LRF is trusted, else with
 * everything downstream, as the shortlist always is; validation runs the whole system for incumbent and finalist.
 * Deterministic calls count as free.
 */
export function costPerTry(
  { plan, seed, resolved }: Pick<OpenRun, 'plan' | 'seed' | 'resolved'>,
  component: string,
  trusted: boolean,
): number {
  const { system } = resolved;
  const { ranked, traced } = localStepInputs(plan, exampleCounts(resolved, seed).ranking);
  const stochastic = system.components.filter((item) => !item.deterministic).map((item) => item.name);
  const descendants = system.wiring.descendants[component];
  const own = stochastic.filter((name) => name === component).length;
  const withDescendants = own + stochastic.filter((name) => descendants?.has(name)).length;
  return (
    plan.proposals * ranked * (trusted ? own : withDescendants) +
    // Where the metric ranked, it knows the shortlist on the ranked inputs already.
    plan.shortlist * (trusted ? traced : traced - ranked) * withDescendants +
    2 * plan.validationExamples * stochastic.length
  );
}
