import { LadderError } from '../../providers/ladders/ladder-error';

const variable = 'OPTIMAS_WITHOUT_MODELS';

/**
 * Takes the failure of a ladder to find the real models: where OPTIMAS_WITHOUT_MODELS=1 allows to go without them, says on
 * standard error what was not tested.
 *
 * @throws `error` in every other case, with the way to go without where the models are what is missing.
 */
export function goWithoutModels(
  error: unknown,
  skipped: string,
  { environment = process.env, say = (line: string): void => void process.stderr.write(`\n${line}\n`) } = {},
): void {
  if (!LadderError.isInstance(error)) throw error;
  if (environment[variable] !== '1') {
    throw new Error(`${error.message}\nTo skip the tests of the real models: ${variable}=1`, { cause: error });
  }
  say(`SKIPPED, NOT TESTED (${variable}=1): ${skipped}\n${error.message}`);
}
