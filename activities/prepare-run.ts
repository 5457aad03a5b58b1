import { contentHash } from '../core/system/canonical-json';
import { checkConfiguration, initialConfiguration } from '../core/system/configuration';
import { DefinitionError } from '../core/system/definition-error';
import type { PreparedRun, PrepareRunInput } from './contracts';
import { Declined, resolveOrDecline } from './declined';
import type { ActivityDependencies } from './dependencies';
import { exampleCounts } from './example-samples';
import { inActivity } from './in-activity';
import { missingModel } from './missing-model';
import type { StoredRunInput } from './open-run';
import { runModels } from './run-models';

/** Checks definition, models and data, and records the run with what it is made of. */
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
    const configuration =
      input.startFrom === undefined ? initialConfiguration(system) : await stores.configurations.get(input.startFrom);
    checkConfiguration(system, configuration);
    const components = system.components
      .filter((item) => Object.keys(item.configuration).length > 0)
      .map((item) => ({ name: item.name, variables: Object.keys(item.configuration) }));
    if (components.length === 0) {
      throw new DefinitionError(`system '${system.name}' has nothing to tune: give a component a configuration`);
    }
    const baseline = await stores.configurations.put(configuration);
    await stores.runs.create({
      runId: input.runId,
      system: system.name,
      seed: input.seed,
      status: 'running',
      definitionHash: resolved.definitionHash,
      input: {
        plan: input.plan,
        fresh: input.fresh,
        components: system.components.length,
        models: await runModels(dependencies),
        ...(input.priority === undefined ? {} : { priority: input.priority }),
      } satisfies StoredRunInput,
    });
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
      counts: exampleCounts(resolved, input.seed),
    };
  });
}
