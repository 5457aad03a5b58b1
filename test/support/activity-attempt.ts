import { MockActivityEnvironment } from '@temporalio/testing';
import type { ActivityDependencies } from '../../activities/dependencies';
import type { ResolvedSystem } from '../../activities/definition/resolve-system';
import { HashedNgramEncoder } from '../../providers/encoder';
import { LanguageModels } from '../../providers/language-models';
import { storesOf } from '../../storage';
import type { TemporaryFolder } from '../../storage/testing/temporary-folder';

/** What activities need, with a database in the folder. Nothing answers calls of models unless `others` says so. */
export async function activityDependencies(
  folder: TemporaryFolder,
  resolved: ResolvedSystem,
  others: Partial<ActivityDependencies> = {},
): Promise<ActivityDependencies> {
  return {
    stores: storesOf(await folder.open()),
    resolve: async () => resolved,
    languageModels: new LanguageModels({ e: { baseURL: 'http://127.0.0.1:1/v1', models: { small: {} } } }, {}),
    encoder: async () => new HashedNgramEncoder(),
    proposer: undefined,
    workerIdentity: 'test',
    ...others,
  };
}

/** Runs an activity once, as Temporal would. */
export function attempt<T>(activity: () => Promise<T>): Promise<T> {
  return new MockActivityEnvironment().run(activity);
}
