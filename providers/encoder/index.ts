export type { Encoder } from './encoder';
export { EncoderError } from './encoder-error';
export { EndpointEncoder, type EmbedTexts } from './endpoint-encoder';
export { HashedNgramEncoder } from './hashed-ngram-encoder';
export { MemoisedEncoder } from './memoised-encoder';
export { OnnxEncoder } from './onnx-encoder';
export { VectorCache } from './vector-cache';
