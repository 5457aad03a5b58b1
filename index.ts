/** What an application imports: the definition API, the client, and the reader of tuned configurations. */
import type { ConnectedClient } from './client/connect';

export { component, type Component, type ComponentOptions } from './core/system/component';
export {
  system,
  type Dataset,
  type MetricContext,
  type Split,
  type System,
  type SystemOptions,
} from './core/system/system';
export {
  integer,
  model,
  oneOf,
  prompt,
  range,
  type Demonstration,
  type PromptValue,
  type ValueOf,
  type Variable,
  type Variables,
} from './core/system/variable';
export { renderMessages, type RenderOptions } from './core/system/render-prompt';
export type { Json, JsonObject } from './core/system/json';
export type {
  ChatMessage,
  ChatRequest,
  ChatResponse,
  Cost,
  Example,
  MetricResult,
  ModelClients,
  RunContext,
  Sample,
  Usage,
} from './core/system/run-context';
export {
  checkConfiguration,
  initialConfiguration,
  type ComponentConfiguration,
  type Configuration,
} from './core/system/configuration';
export { runExample, scoreTrace, type RunExampleOptions } from './core/system/interpreter';
export { directCaller } from './core/system/direct-caller';
export type { ComponentCaller } from './core/system/component-caller';
export type { Draw } from './core/system/draw';
export type { ComponentOutcome, ComponentTrace, ExampleTrace, ScoredTrace } from './core/system/trace';
export { DefinitionError } from './core/system/definition-error';
export { InfrastructureError, type InfrastructureFailureKind } from './core/system/infrastructure-error';
export type { Budget } from './core/run/budget';
export { defaultPlan, type RunPlan } from './core/run/plan';
export { resultDocumentSchema, type ResultDocument } from './core/run/result-document';
export type {
  EarlierTry,
  Optimizer,
  OptimizerKind,
  ProposeContext,
  ProposedSettings,
} from './core/search/own-optimizer';
export type { TracedCall } from './core/search/component-optimizer';
export type { RandomStream } from './core/random/stream';
export { defineConfig, type Config, type ConfigOptions, type SystemTools } from './workers/config/define-config';
export type { EndpointModel, EndpointOptions, Price } from './providers/language-models';
export type { OptimasClient, StartOptions } from './client/optimas-client';
export type { ConnectedClient } from './client/connect';
export { exportedConfigurationSchema, type ExportedConfiguration } from './client/report/exported-configuration';
export { loadTunedConfiguration, type TunedConfiguration } from './client/load-tuned-configuration';
export { RunNotFound } from './client/run-not-found';

/**
 * Connects to the Temporal server and the database of a config file (default: `optimas.config.*` in the working directory).
 *
 * @throws DefinitionError, ServerUnreachable, StorageError
 */
export function connect(options: { configFile?: string } = {}): Promise<ConnectedClient> {
  // Loaded when first used: an application that only reads its configuration needs neither Temporal nor a database.
  const { connect: connectLater } = require('./client/connect') as typeof import('./client/connect');
  return connectLater(options);
}
