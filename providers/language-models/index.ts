export { checkEndpoints } from './check-endpoints';
export { didYouMean } from './closest-name';
export type { EndpointModel, EndpointOptions, Price } from './endpoint-options';
export { LanguageModels } from './language-models';
export type { ChatOptions, EmbedResult, ModelDescription, PingResult } from './language-models';
