import { evidenceNames } from './evidence-features';
import { hashedWordsLength } from './hashed-words';
import { interactionSurfaceNames, outputSurfaceNames } from './surface-features';

/** A run of features with one meaning; `kind` decides how the features are scaled: embeddings and words as a whole, a surface feature by itself. */
export interface FeatureBlock {
  name: string;
  kind: 'embedding' | 'words' | 'surface';
  offset: number;
  length: number;
}

/**
 * 3: what an output takes from an input that the other inputs ask for. 4: an input's sentences end at the marks of the text as written, and
 * have words.
 * Rewards of another version cannot be read.
 */
export const featureVersion = 4;

/** The layout of a component's features: fixed by the fields of its schemas and the encoder's dimension. */
export interface FeatureSpec {
  version: typeof featureVersion;
  inputFields: string[];
  outputFields: string[];
  embeddingDimension: number;
  blocks: FeatureBlock[];
  /** Number of features. */
  dimension: number;
}

/**
 * Lays out the features of `(inputs, outputs)`: an embedding per field and of the whole, product and absolute
 * difference per (input field, output field), the words of each output field, surface features, and what outputs take from the inputs' evidence.
 *
 * @throws TypeError for no output field, a repeated field, or an embedding dimension that is not a positive whole number.
 */
export function featureSpec(fields: {
  inputFields: readonly string[];
  outputFields: readonly string[];
  embeddingDimension: number;
}): FeatureSpec {
  const { embeddingDimension } = fields;
  const [inputFields, outputFields] = [[...fields.inputFields], [...fields.outputFields]];
  if (outputFields.length === 0) throw new TypeError('featureSpec: outputFields is empty; a reward judges an output');
  for (const names of [inputFields, outputFields]) {
    if (new Set(names).size < names.length) throw new TypeError(`featureSpec: a field is repeated in ${names}`);
  }
  if (!Number.isInteger(embeddingDimension) || embeddingDimension < 1) {
    throw new TypeError(`featureSpec: embeddingDimension must be a positive whole number, not ${embeddingDimension}`);
  }
  const blocks: FeatureBlock[] = [];
  let offset = 0;
  const add = (name: string, kind: FeatureBlock['kind'], length: number): void => {
    blocks.push({ name, kind, offset, length });
    offset += length;
  };
  for (const name of inputFields) add(`input:${name}`, 'embedding', embeddingDimension);
  for (const name of outputFields) add(`output:${name}`, 'embedding', embeddingDimension);
  for (const input of inputFields) {
    for (const output of outputFields) {
      add(`product:${input}*${output}`, 'embedding', embeddingDimension);
      add(`difference:${input}-${output}`, 'embedding', embeddingDimension);
    }
  }
  add('whole', 'embedding', embeddingDimension);
  for (const name of outputFields) add(`words:${name}`, 'words', hashedWordsLength);
  for (const name of inputFields) add(`missing:${name}`, 'surface', 1);
  for (const name of outputFields) add(`surface:${name}`, 'surface', outputSurfaceNames.length);
  for (const input of inputFields) {
    for (const output of outputFields) {
      add(`surface:${input}*${output}`, 'surface', interactionSurfaceNames.length);
    }
  }
  // Of one input field, no other one asks for anything.
  for (const input of inputFields.length > 1 ? inputFields : []) {
    for (const output of outputFields) add(`evidence:${input}*${output}`, 'surface', evidenceNames.length);
  }
  return { version: featureVersion, inputFields, outputFields, embeddingDimension, blocks, dimension: offset };
}
