import { missingModel } from '../../activities/missing-model';
import { requirePrices } from '../../activities/require-prices';
import type { RunPlan } from '../../core/run/plan';
import type { Budget } from '../../core/run/budget';
import { DefinitionError } from '../../core/system/definition-error';
import { budgetOf, planOf } from '../../workers/config/check-run-settings';
import type { LocalParts } from '../../workers/local-parts';
import { openRuntime } from '../../workers/runtime';
import { callPrice, hasPrice } from './call-price';
import { estimateCalls, estimateRun, type CallEstimate } from './estimate';
import { budgetWarnings, estimateText } from './estimate-text';
import { budgetOverrides, planOverrides, type BudgetOptions } from './plan-options';
import { chooseSystem, type Project } from './project';

/** A run that may be started, checked as far as that is possible without starting it. */
export interface PreparedRun {
  system: string;
  /** What the system is made of, here and now. */
  definitionHash: string;
  plan: RunPlan;
  budget: Budget;
  calls: CallEstimate;
  /** What it will take, for a person. */
  estimateText: string;
  /** True when a model has a price, or one that is not known. */
  costsMoney: boolean;
  /** What a person must know before the run starts or goes on. */
  warnings: string[];
}

const mostCallsInFlight = 8;

/** @throws DefinitionError for a mistake in the config, a definition or the data; StorageError */
export async function prepareRun(
  project: Project,
  parts: LocalParts,
  wanted: string | undefined,
  options: BudgetOptions,
): Promise<PreparedRun> {
  const { config } = project;
  const runtime = await openRuntime(config, parts);
  try {
    const system = chooseSystem(project, [...runtime.systems.keys()], wanted);
    const { examples, system: definition, definitionHash } = await runtime.resolve(system);
    const missing = missingModel(definition, runtime.languageModels);
    if (missing !== undefined) throw new DefinitionError(`system '${system}': ${missing}`);
    const plan = planOf(config.optimization, planOverrides(options as Record<string, unknown>), config.optimizers);
    requirePrices(definition, plan, runtime.languageModels);
    const budget = budgetOf(config.budget, budgetOverrides(options));
    const { callsOf, from, ...price } = await callPrice(runtime.stores, system, parts.endpoints);
    const counts = {
      train: examples.train.length,
      validation: examples.validation.length,
      test: examples.test.length,
    };
    const calls = estimateCalls(definition, plan, counts, {
      proposer: config.proposer !== undefined,
      optimizers: config.optimizers ?? [],
      callsOf,
    });
    const inFlight = Math.max(
      0,
      ...Object.values(parts.endpoints).map(({ concurrency }) => concurrency ?? mostCallsInFlight),
    );
    const estimate = estimateRun(calls, price, Math.max(1, Math.min(mostCallsInFlight, inFlight)));
    const unpriced = parts.unpricedModels;
    return {
      system,
      definitionHash,
      plan,
      budget,
      calls,
      costsMoney: hasPrice(parts.endpoints) || unpriced.length > 0,
      warnings: budgetWarnings(budget, unpriced),
      estimateText: estimateText(system, estimate, {
        from,
        unpriced,
        budget,
        encoderModel: typeof config.encoder === 'object' ? config.encoder.model : undefined,
      }),
    };
  } finally {
    await runtime.close();
  }
}
