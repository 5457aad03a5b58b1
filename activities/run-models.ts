import type { ActivityDependencies } from './dependencies';

/** The models that a run is made with: a part of it done with others would not compare with the rest. */
export interface RunModels {
  /** What the names of the language models stand for, as a hash. */
  languageModels: string;
  /** Names of the language models. Absent in runs that an earlier version began. */
  names?: string[];
  proposer: string | null;
  encoder: string;
}

/** The models that this worker would use. */
export async function runModels(dependencies: ActivityDependencies): Promise<RunModels> {
  return {
    languageModels: dependencies.languageModels.identity,
    names: [...dependencies.languageModels.names],
    proposer: dependencies.proposer ?? null,
    encoder: (await dependencies.encoder()).identity,
  };
}

/** Which models differ from those that the run began with, in words; undefined: none. */
export function modelDifferences(began: RunModels, here: RunModels): string | undefined {
  const named = (value: string | null): string => (value === null ? 'none' : `'${value}'`);
  const missing = (began.names ?? []).filter((name) => here.names?.includes(name) !== true);
  const differences = [
    ...missing.map((name) => `model '${name}' is not configured there`),
    ...(missing.length > 0 || began.languageModels === here.languageModels
      ? []
      : [
          `the language models or their endpoints (${here.languageModels.slice(0, 12)}, not ${began.languageModels.slice(0, 12)})`,
        ]),
    ...(began.proposer === here.proposer
      ? []
      : [`the proposer (${named(here.proposer)}, not ${named(began.proposer)})`]),
    ...(began.encoder === here.encoder ? [] : [`the sentence encoder ('${here.encoder}', not '${began.encoder}')`]),
  ];
  return differences.length === 0 ? undefined : differences.join(', ');
}
