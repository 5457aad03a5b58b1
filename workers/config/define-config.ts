import type { Budget } from '../../core/run/budget';
import type { RunPlan } from '../../core/run/plan';
import type { Optimizer } from '../../core/search/own-optimizer';
import { DefinitionError } from '../../core/system/definition-error';
import { definitionSite } from '../../core/system/definition-site';
import type { System } from '../../core/system/system';
import { checkEndpoints, didYouMean, type EndpointOptions } from '../../providers/language-models';
import { checkActivitySettings, type ActivityChanges } from './check-activity-settings';
import { checkOptimizers } from './check-optimizers';
import { checkEncoder, type EncoderModel } from './check-encoder';
import { checkBudget, checkMembers, checkPlan, checkPriority } from './check-run-settings';

/** What a config may use to define its systems; nothing is loaded before it is called. */
export interface SystemTools {
  /**
   * Sentence vectors of the configured encoder: one per text, in order, `[texts.length, dimension]`.
   *
   * @throws DefinitionError where the encoder is a model of an endpoint: a component calls that by `models.embed`.
   */
  encode(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>;
  /** Files that the vectors depend on: resources of components that use them. Empty for the hashed n-grams and for a model of an endpoint. */
  encoderFiles: readonly string[];
  /** Names of all models of the configured endpoints. */
  models: readonly string[];
}

export interface ConfigOptions {
  systems: readonly System[] | ((tools: SystemTools) => readonly System[]);
  /** OpenAI-compatible endpoints by name; or `local`: whatever the set-up ladder finds (docs/operations.md). */
  endpoints?: Readonly<Record<string, EndpointOptions>> | 'local';
  /** The model that writes prompts (OPRO): a capable one. Absent: prompts come from demonstrations and edits only. */
  proposer?: string;
  /** Your own ways of proposing settings, beside the product's (docs/definition-api.md). */
  optimizers?: readonly Optimizer[];
  /**
   * `all-MiniLM-L6-v2` (the default; found or downloaded), `hashed-ngrams` (no model), the folder of an ONNX encoder, or an
   * embeddings model of `endpoints`, whose calls are charged to the runs.
   */
  encoder?: string | EncoderModel;
  /** A `file:` or `postgres:` URL; default `file:.optimas/optimas.db`, relative to the working directory. */
  database?: string;
  /** Absent members come from Temporal's own environment configuration (`TEMPORAL_ADDRESS`, profiles, ...). */
  temporal?: { address?: string; namespace?: string; profile?: string; taskQueue?: string };
  /** Overrides of the default plan. */
  optimization?: Partial<RunPlan>;
  budget?: Budget;
  /** 1 to 5: of runs that share workers or endpoints, those with lower numbers go first. Default 3. */
  priority?: number;
  /** Timeouts and attempts of a run's activities; what is left out has its default (docs/operations.md). */
  activities?: ActivityChanges;
}

/** A checked config. */
export interface Config extends ConfigOptions {
  readonly kind: 'optimas.config';
  /** The file that called `defineConfig()`, from the stack; undefined where the stack does not tell. */
  readonly definedIn: string | undefined;
}

const nonEmptyText = {
  accepts: (value: unknown) => typeof value === 'string' && value.trim() !== '',
  expected: 'a non-empty text',
};
const temporalChecks = {
  address: nonEmptyText,
  namespace: nonEmptyText,
  profile: nonEmptyText,
  taskQueue: nonEmptyText,
};
const known = [
  'systems',
  'endpoints',
  'proposer',
  'optimizers',
  'encoder',
  'database',
  'temporal',
  'optimization',
  'budget',
  'priority',
  'activities',
];

/**
 * Checks a config: the default export of `optimas.config.ts`.
 *
 * @throws DefinitionError naming the member at fault.
 */
export function defineConfig(options: ConfigOptions): Config {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new DefinitionError(
      `config: there is no setting '${unknown}'${didYouMean(unknown, known) || `; known ones: ${known.join(', ')}`}`,
    );
  }
  if (typeof options.systems !== 'function') {
    if (!Array.isArray(options.systems) || options.systems.length === 0) {
      throw new DefinitionError('config: systems must list at least one system({...})');
    }
    checkSystems(options.systems as readonly System[]);
  }
  if (options.endpoints !== undefined && options.endpoints !== 'local') checkEndpoints(options.endpoints);
  checkOptimizers(options.optimizers);
  if (options.optimization !== undefined) checkPlan('config: optimization', options.optimization, options.optimizers);
  if (options.budget !== undefined) checkBudget('config: budget', options.budget);
  checkPriority('config: priority', options.priority);
  if (options.activities !== undefined) checkActivitySettings('config: activities', options.activities);
  if (options.temporal !== undefined) checkMembers('config: temporal', options.temporal, temporalChecks);
  checkEncoder(options.encoder);
  for (const name of ['proposer', 'database'] as const) {
    if (options[name] !== undefined && !nonEmptyText.accepts(options[name])) {
      throw new DefinitionError(`config: ${name} must be ${nonEmptyText.expected}`);
    }
  }
  return Object.freeze({ kind: 'optimas.config', definedIn: definitionSite(), ...options });
}

/** @throws DefinitionError for something that is no system, or two systems of one name. */
export function checkSystems(systems: readonly System[]): void {
  const names = new Set<string>();
  for (const item of systems) {
    if (item?.kind !== 'optimas.system') {
      throw new DefinitionError('config: every member of systems must come from system({...})');
    }
    if (names.has(item.name)) throw new DefinitionError(`config: two systems are named '${item.name}'; rename one`);
    names.add(item.name);
  }
}
