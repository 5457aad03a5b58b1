import type { LanguageModels } from '../providers/language-models';
import type { Encoder, EndpointEncoder } from '../providers/encoder';
import type { Stores } from '../storage';
import type { ResolvedSystem } from './definition/resolve-system';

/** What activities work with; a worker makes it once. */
export interface ActivityDependencies {
  stores: Stores;
  /** @throws UnknownSystem for one that this worker's config does not define; DefinitionError for one that is wrong. */
  resolve(system: string): Promise<ResolvedSystem>;
  languageModels: LanguageModels;
  /** A model of an endpoint is opened on the account of a run: `runEncoder`. */
  encoder(): Promise<Encoder | EndpointEncoder>;
  /** The model that proposes prompts; undefined: none is configured. */
  proposer: string | undefined;
  /** Named in errors, so that a person knows which worker to look at. */
  workerIdentity: string;
}
