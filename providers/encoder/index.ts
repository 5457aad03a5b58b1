export type { Encoder } from './encoder';
export { EncoderError } from './encoder-error';
export { HashedNgramEncoder } from './hashed-ngram-encoder';
export { OnnxEncoder } from './onnx-encoder';
