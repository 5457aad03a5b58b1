import type { Json, JsonObject } from '../system/json';
import type { FeatureSpec } from './feature-spec';
import { evidenceFeatures, evidenceOf, type Evidence } from './evidence-features';
import { fieldText } from './field-text';
import { hashedWords } from './hashed-words';
import { fieldSurface, interactionSurface, outputSurface, type FieldSurface } from './surface-features';
import { wholeText, type TextField } from './whole-text';

interface FeatureItem {
  inputs: JsonObject;
  outputs: JsonObject;
}

/** Text -> its embedding. */
export type Embeddings = ReadonlyMap<string, Float32Array>;

/** The texts whose embeddings `buildFeatures` needs for an item: each present field, and the whole. */
export function featureTexts(spec: FeatureSpec, item: FeatureItem): string[] {
  const present = [...values(spec.inputFields, item.inputs), ...values(spec.outputFields, item.outputs)];
  return [...present.filter((value) => value !== undefined).map(fieldText), wholeOf(spec, item)];
}

/**
 * Features `[items, spec.dimension]`, row by row. A missing optional field contributes zeros and its missing flag.
 *
 * @throws TypeError when a text's embedding is missing or has another dimension than the spec's.
 */
export function buildFeatures(spec: FeatureSpec, items: readonly FeatureItem[], embeddings: Embeddings): Float32Array {
  const features = new Float32Array(items.length * spec.dimension);
  const surfaceOf = memoised(fieldSurface);
  const evidenceIn = memoised((inputs: (Json | undefined)[]) => evidences(inputs.map(surfaceOf)));
  for (const [index, item] of items.entries()) {
    const row = features.subarray(index * spec.dimension, (index + 1) * spec.dimension);
    fillRow(spec, item, embeddings, { surfaceOf, evidenceIn }, row);
  }
  return features;
}

/** Each is made once per distinct value: inputs come again with every output. */
interface Analyses {
  surfaceOf: (value: Json | undefined) => FieldSurface;
  evidenceIn: (inputs: (Json | undefined)[]) => Evidence[];
}

function fillRow(
  spec: FeatureSpec,
  item: FeatureItem,
  embeddings: Embeddings,
  { surfaceOf, evidenceIn }: Analyses,
  row: Float32Array,
): void {
  let offset = 0;
  const put = (numbers: ArrayLike<number>): void => {
    row.set(numbers, offset);
    offset += numbers.length;
  };
  const describe = (value: Json | undefined): { vector: Float32Array; surface: FieldSurface } => ({
    vector:
      value === undefined
        ? new Float32Array(spec.embeddingDimension)
        : embeddingOf(embeddings, fieldText(value), spec.embeddingDimension),
    surface: surfaceOf(value),
  });
  const inputs = values(spec.inputFields, item.inputs).map(describe);
  const outputs = values(spec.outputFields, item.outputs).map(describe);
  for (const field of inputs) put(field.vector);
  for (const field of outputs) put(field.vector);
  for (const input of inputs) {
    for (const output of outputs) {
      const absent = input.surface.missing || output.surface.missing;
      put(input.vector.map((value, k) => value * (output.vector[k] as number)));
      put(absent ? new Float32Array(spec.embeddingDimension) : absoluteDifference(input.vector, output.vector));
    }
  }
  put(embeddingOf(embeddings, wholeOf(spec, item), spec.embeddingDimension));
  for (const field of outputs) put(hashedWords(field.surface.words));
  for (const field of inputs) put([field.surface.missing ? 1 : 0]);
  for (const field of outputs) put(outputSurface(field.surface));
  for (const input of inputs) {
    for (const output of outputs) {
      const cosine = input.vector.reduce((sum, value, k) => sum + value * (output.vector[k] as number), 0);
      put(interactionSurface(input.surface, output.surface, cosine));
    }
  }
  if (inputs.length < 2) return;
  for (const evidence of evidenceIn(values(spec.inputFields, item.inputs))) {
    for (const output of outputs) put(evidenceFeatures(evidence, output.surface));
  }
}

function evidences(inputs: readonly FieldSurface[]): Evidence[] {
  return inputs.map((input, index) =>
    evidenceOf(
      input,
      inputs.filter((_, other) => other !== index),
    ),
  );
}

function values(fields: readonly string[], object: JsonObject): (Json | undefined)[] {
  return fields.map((field) => (Object.hasOwn(object, field) ? object[field] : undefined));
}

function wholeOf(spec: FeatureSpec, { inputs, outputs }: FeatureItem): string {
  const present = (side: TextField['side'], names: readonly string[], object: JsonObject): TextField[] =>
    names
      .filter((name) => Object.hasOwn(object, name) && object[name] !== undefined)
      .map((name) => ({ name, text: fieldText(object[name]), side }));
  return wholeText([...present('input', spec.inputFields, inputs), ...present('output', spec.outputFields, outputs)]);
}

function embeddingOf(embeddings: Embeddings, text: string, dimension: number): Float32Array {
  const vector = embeddings.get(text);
  if (vector?.length !== dimension) {
    const what = vector === undefined ? 'no embedding' : `an embedding of ${vector.length} numbers`;
    throw new TypeError(
      `buildFeatures: ${what} for '${text.slice(0, 60)}'; the feature spec wants ${dimension} numbers`,
    );
  }
  return vector;
}

function absoluteDifference(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, k) => Math.abs(value - (b[k] as number)));
}

function memoised<V, R>(analyse: (value: V) => R): (value: V) => R {
  const known = new Map<string, R>();
  return (value) => {
    const key = JSON.stringify(value) ?? '';
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = analyse(value);
    known.set(key, made);
    return made;
  };
}
