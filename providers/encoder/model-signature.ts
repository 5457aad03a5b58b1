import type { InferenceSession } from 'onnxruntime-node';
import { EncoderError } from './encoder-error';
import type { EncoderManifest } from './encoder-manifest';

/** How a model is called, and how what it gives becomes vectors. */
export interface ModelSignature {
  output: string;
  /** `own`: the output is one vector per text, `[batch, dimension]`; else it is hidden states `[batch, tokens, dimension]`. */
  pooling: 'own' | 'mean' | 'cls';
  /** False: the model is made for one text at a time. */
  takesBatches: boolean;
}

/** What exporters call the vector of the text; a `pooler_output` (of BERT's next-sentence task) is none. */
const ownVectors = ['sentence_embedding', 'text_embeds', 'embedding', 'embeddings'];

/** @throws EncoderError for a model that is not a sentence encoder, or not one that the manifest fits. */
export function modelSignature(
  folder: string,
  session: InferenceSession,
  wanted: EncoderManifest['pooling'],
): ModelSignature {
  const { inputNames, outputNames } = session;
  const known = ['input_ids', 'attention_mask', 'token_type_ids'];
  if (!inputNames.includes('input_ids') || inputNames.some((name) => !known.includes(name))) {
    throw new EncoderError(
      `encoder folder '${folder}': model.onnx has the inputs ${inputNames.join(', ')}, but a sentence encoder takes input_ids and optionally attention_mask and token_type_ids`,
    );
  }
  for (const input of session.inputMetadata) {
    const [batch, tokens] = input.isTensor ? input.shape : [];
    if (
      !input.isTensor ||
      input.type !== 'int64' ||
      typeof tokens === 'number' ||
      (typeof batch === 'number' && batch !== 1)
    ) {
      const found = input.isTensor ? `${input.type} [${input.shape.join(', ')}]` : 'no tensor';
      throw new EncoderError(
        `encoder folder '${folder}': the input ${input.name} of model.onnx is ${found}, expected int64 [batch, tokens] with any number of tokens; export it with dynamic axes`,
      );
    }
  }
  const outputs = session.outputMetadata.flatMap((output) =>
    output.isTensor && ['float32', 'float16'].includes(output.type)
      ? [{ name: output.name, rank: output.shape.length }]
      : [],
  );
  const own = outputs.filter(({ rank }) => rank === 2);
  const states = outputs.find(({ rank }) => rank === 3);
  const vector = own.find(({ name }) => ownVectors.includes(name)) ?? (states === undefined ? own[0] : undefined);
  const output = wanted === undefined ? (vector ?? states) : states;
  if (output === undefined) {
    const expected =
      wanted === undefined
        ? 'none of them float32 or float16 of the shape [batch, tokens, dimension] or [batch, dimension]'
        : `none of them hidden states [batch, tokens, dimension], which the pooling '${wanted}' of manifest.json needs`;
    throw new EncoderError(
      `encoder folder '${folder}': model.onnx has the outputs ${outputNames.join(', ')}, ${expected}`,
    );
  }
  return {
    output: output.name,
    pooling: output === states ? (wanted ?? 'mean') : 'own',
    takesBatches: session.inputMetadata.every((input) => input.isTensor && typeof input.shape[0] !== 'number'),
  };
}
