import { DefinitionError } from '../../core/system/definition-error';
import { checkMembers } from './check-run-settings';

/** An embeddings model of the config's endpoints as the sentence encoder. */
export interface EncoderModel {
  /** Its name in `endpoints`. */
  model: string;
  /** Longer texts keep their head and tail, this many characters in all; default 2,700, which fits into 8,191 tokens. */
  maxCharacters?: number;
}

const modelChecks = {
  model: {
    accepts: (value: unknown) => typeof value === 'string' && value.trim() !== '',
    expected: "the name of a model of the config's endpoints",
  },
  maxCharacters: {
    accepts: (value: unknown) =>
      Number.isSafeInteger(value) && (value as number) >= 100 && (value as number) <= 1_000_000,
    expected: 'a whole number from 100 to 1000000',
  },
};

/** @throws DefinitionError for something that names no encoder. */
export function checkEncoder(encoder: unknown): asserts encoder is string | EncoderModel | undefined {
  if (encoder === undefined || (typeof encoder === 'string' && encoder.trim() !== '')) return;
  if (typeof encoder !== 'object' || encoder === null || !('model' in encoder)) {
    throw new DefinitionError(
      "config: encoder must be 'all-MiniLM-L6-v2', 'hashed-ngrams', a folder ('./encoder') or a model of an endpoint ({ model: 'name' })",
    );
  }
  checkMembers('config: encoder', encoder, modelChecks);
}
