import type { LanguageModels } from '../providers/language-models';
import type { Encoder } from '../providers/encoder';
import type { Stores } from '../storage';
import type { ResolvedSystem } from './definition/resolve-system';

/** What activities work with; a worker makes it once. */
export interface ActivityDependencies {
  stores: Stores;
  /** @throws UnknownSystem for one that this worker's config does not define; DefinitionError for one that is wrong. */
  resolve(system: string): Promise<ResolvedSystem>;
  languageModels: LanguageModels;
  encoder(): Promise<Encoder>;
  /** The model that proposes prompts; undefined: none is configured. */
  proposer: string | undefined;
  /** Named in errors, so that a person knows which worker to look at. */
  workerIdentity: string;
}
