import { z } from 'zod';
import type { Optimizer } from '../../core/search/own-optimizer';
import { contentHash } from '../../core/system/canonical-json';
import type { Component } from '../../core/system/component';
import { DefinitionError } from '../../core/system/definition-error';
import { messageOf, pickInput } from '../../core/system/interpreter';
import type { Example } from '../../core/system/run-context';
import { splits, type Split, type System } from '../../core/system/system';
import { moduleVersion, resourcesVersion } from './module-version';
import { optimizerVersions, type OwnOptimizers } from './optimizer-versions';

/** A system with its loaded data and the hashes that identify it. */
export interface ResolvedSystem {
  system: System;
  /** Component -> version: the memo's keys and the run's definition depend on it. */
  versions: Readonly<Record<string, string>>;
  metricVersion: string;
  /** Hash of everything that decides results: components, variables, schemas, wires, metric, data and the user's optimizers. */
  definitionHash: string;
  examples: Readonly<Record<Split, readonly Example[]>>;
  exampleById: ReadonlyMap<string, Example>;
  /** The user's own, which propose settings for its components. */
  optimizers: readonly Optimizer[];
}

/**
 * Loads a system's data and computes its versions.
 *
 * @throws DefinitionError for an empty split, a missing or duplicate example id, or an example that does not fit.
 */
export async function resolveSystem(
  system: System,
  own: OwnOptimizers = { optimizers: [], definedIn: undefined },
): Promise<ResolvedSystem> {
  const examples = await loadExamples(system);
  const exampleById = new Map<string, Example>();
  for (const split of splits) {
    for (const example of examples[split]) exampleById.set(example.id, example);
  }
  const versions = Object.fromEntries(
    await Promise.all(system.components.map(async (item) => [item.name, await componentVersion(item)] as const)),
  );
  const metricVersion = contentHash([
    system.metric.toString(),
    system.definedIn === undefined ? null : await moduleVersion(system.definedIn),
  ]);
  const definitionHash = contentHash({
    name: system.name,
    components: system.components.map((item) => ({
      name: item.name,
      version: versions[item.name],
      description: item.description,
      ...definitionOf(item),
    })),
    sources: system.wiring.sources,
    outputs: system.wiring.outputs,
    metricVersion,
    metricDeterministic: system.metricDeterministic,
    metricFloor: system.metricFloor,
    groundTruth: system.groundTruth?.toString(),
    examples,
    optimizers: await optimizerVersions(own),
  });
  const { optimizers } = own;
  return { system, versions, metricVersion, definitionHash, examples, exampleById, optimizers };
}

/** One file may define several components of a name: what is written in the definition itself tells them apart. */
async function componentVersion(item: Component): Promise<string> {
  if (item.version !== undefined) return item.version;
  return contentHash({
    code: item.definedIn === undefined ? null : await moduleVersion(item.definedIn),
    run: item.run.toString(),
    ...definitionOf(item),
    captures: item.captures,
    resources: await resourcesVersion(item.resources),
  });
}

function definitionOf(item: Component): Record<string, unknown> {
  return {
    variables: item.configuration,
    input: jsonSchema(item.input),
    output: jsonSchema(item.output),
    deterministic: item.deterministic,
    when: item.when?.toString(),
  };
}

async function loadExamples(system: System): Promise<Record<Split, readonly Example[]>> {
  let dataset: Readonly<Record<Split, readonly Example[]>>;
  try {
    dataset = typeof system.dataset === 'function' ? await system.dataset() : system.dataset;
  } catch (cause) {
    throw new DefinitionError(`system '${system.name}': its dataset cannot be loaded: ${messageOf(cause)}`);
  }
  const home = new Map<string, Split>();
  for (const split of splits) {
    const examples = dataset?.[split];
    if (!Array.isArray(examples) || examples.length === 0) {
      throw new DefinitionError(`system '${system.name}': dataset.${split} is empty; every split needs examples`);
    }
    for (const [index, example] of examples.entries()) {
      const id: unknown = example?.id;
      if (typeof id !== 'string' || id === '') {
        throw new DefinitionError(
          `system '${system.name}': dataset.${split}[${index}] has no id; every example needs a unique text 'id'`,
        );
      }
      const other = home.get(id);
      if (other !== undefined) {
        throw new DefinitionError(
          `system '${system.name}': example id '${id}' occurs twice (dataset.${other} and dataset.${split}); ids must be unique over all splits`,
        );
      }
      home.set(id, split);
      try {
        pickInput(system, example as Example);
      } catch (error) {
        throw new DefinitionError(`dataset.${split}[${index}]: ${messageOf(error)}`);
      }
    }
  }
  return { train: dataset.train, validation: dataset.validation, test: dataset.test };
}

function jsonSchema(schema: z.ZodObject): unknown {
  return z.toJSONSchema(schema, { unrepresentable: 'any' });
}
