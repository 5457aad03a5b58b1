export { BilledFailure } from './billed-failure';
export type { CallBound } from './call-bound';
export type { CallRates } from './call-line';
export { checkEndpoints } from './check-endpoints';
export { didYouMean } from './closest-name';
export type { EndpointModel, EndpointOptions, Price } from './endpoint-options';
export type { Place } from './fair-semaphore';
export { LanguageModels } from './language-models';
export type { ChatOptions, EmbedResult, ModelDescription, PingResult } from './language-models';
