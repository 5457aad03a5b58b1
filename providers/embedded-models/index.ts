export { embeddedModels, gemma3, smolLM2, type EmbeddedModel } from './embedded-model';
export { chunkTokens } from './prompt-prefix';
export { startEmbeddedModels, type EmbeddedModelServer, type EmbeddedModelsOptions } from './start-embedded-models';
