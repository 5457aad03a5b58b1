import { isDeepStrictEqual } from 'node:util';
import { ApplicationFailure } from '@temporalio/common';
import { hasOptimizer, readsTraces, type Proposing } from '../core/search/optimizers-for';
import { contentHash } from '../core/system/canonical-json';
import type { Component } from '../core/system/component';
import { checkConfiguration, initialConfiguration } from '../core/system/configuration';
import { DefinitionError } from '../core/system/definition-error';
import { hasChoice, type Variable } from '../core/system/variable';
import type { RunRecord } from '../storage';
import type { PreparedRun, PrepareRunInput } from './contracts';
import { Declined, resolveOrDecline } from './declined';
import type { ActivityDependencies } from './dependencies';
import { exampleCounts } from './example-samples';
import { inActivity } from './in-activity';
import { pairsOf } from './joint-moves';
import { missingModel } from './missing-model';
import { declineOtherDefinition, type StoredRunInput } from './open-run';
import { requirePrices } from './require-prices';
import { runModels } from './run-models';

/**
 * Checks definition, models and data, and records the run with what it is made of. A second attempt finds the record.
 *
 * @throws ApplicationFailure `RunIdTaken` where the database has another run of that id; Declined for another definition of
 *   the same run.
 */
export function prepareRun(dependencies: ActivityDependencies, input: PrepareRunInput): Promise<PreparedRun> {
  return inActivity(async () => {
    const { stores } = dependencies;
    const resolved = await resolveOrDecline(dependencies, input.system);
    const { system } = resolved;
    const missing = missingModel(system, dependencies.languageModels);
    if (missing !== undefined) {
      throw new Declined(
        dependencies,
        `cannot serve system '${system.name}': ${missing}; start a worker with that model`,
      );
    }
    requirePrices(system, input.plan, dependencies.languageModels);
    const configuration =
      input.startFrom === undefined ? initialConfiguration(system) : await stores.configurations.get(input.startFrom);
    checkConfiguration(system, configuration);
    const tunable = system.components.filter((item) => choicesOf(item).length > 0);
    if (tunable.length === 0) {
      throw new DefinitionError(
        `system '${system.name}' has nothing to tune: give a component a configuration with a variable that has a choice`,
      );
    }
    const proposing: Proposing = {
      own: resolved.optimizers,
      named: input.plan.optimizers,
      proposer: dependencies.proposer !== undefined,
    };
    const components = tunable
      .filter((item) => hasOptimizer(item, configuration[item.name] ?? {}, proposing))
      .map((item) => ({
        name: item.name,
        variables: choicesOf(item),
        traced: readsTraces(item, proposing),
      }));
    if (components.length === 0) {
      const proposer = dependencies.proposer === undefined ? ' without a proposer' : '';
      throw new DefinitionError(
        `plan.optimizers: none of ${[input.plan.optimizers].flat().join(', ')} can tune a component of system '${system.name}'${proposer}; name others, or 'all'`,
      );
    }
    const tuned = components.map(({ name }) => name);
    const baseline = await stores.configurations.put(configuration);
    const stored = await stores.runs.create({
      runId: input.runId,
      system: system.name,
      seed: input.seed,
      status: 'running',
      definitionHash: resolved.definitionHash,
      input: {
        plan: input.plan,
        fresh: input.fresh,
        components: system.components.length,
        tunable: {
          tuned,
          excluded: tunable.map(({ name }) => name).filter((name) => !tuned.includes(name)),
        },
        models: await runModels(dependencies),
        ...(input.priority === undefined ? {} : { priority: input.priority }),
      } satisfies StoredRunInput,
    });
    refuseOtherRun(stored, input);
    declineOtherDefinition(dependencies, stored, resolved);
    await stores.ledger.append(input.runId, [
      {
        key: 'prepared',
        iteration: -1,
        kind: 'prepared',
        body: {
          system: system.name,
          seed: input.seed,
          baseline,
          definitionHash: resolved.definitionHash,
          versions: { ...resolved.versions, metric: resolved.metricVersion },
          data: contentHash(resolved.examples),
        },
      },
    ]);
    return {
      definitionHash: resolved.definitionHash,
      baseline,
      components,
      pairs: pairsOf(resolved, input.plan, components).length,
      counts: exampleCounts(resolved, input.seed),
    };
  });
}

/** A component's variables that can take more than one value; the others stay as they are. */
function choicesOf({ configuration }: Component): string[] {
  return Object.keys(configuration).filter((name) => hasChoice(configuration[name] as Variable));
}

/** Two runs under one id would mix their records: what one measured would pass for the other's. */
function refuseOtherRun(stored: RunRecord, input: PrepareRunInput): void {
  const { plan, fresh } = stored.input as unknown as StoredRunInput;
  const began: Record<string, unknown> = { system: stored.system, seed: stored.seed, fresh, ...plan };
  const wanted: Record<string, unknown> = { system: input.system, seed: input.seed, fresh: input.fresh, ...input.plan };
  const differences = Object.keys({ ...began, ...wanted })
    .filter((name) => !isDeepStrictEqual(began[name], wanted[name]))
    .sort()
    .map((name) => `${name} ${String(began[name])} instead of ${String(wanted[name])}`);
  if (differences.length === 0) return;
  throw ApplicationFailure.nonRetryable(
    `the database has another run '${stored.runId}' already, with ${differences.join(', ')}: cancel this one and start it ` +
      'with another run id',
    'RunIdTaken',
  );
}
