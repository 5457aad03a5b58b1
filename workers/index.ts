export { defineConfig, type Config, type ConfigOptions, type SystemTools } from './config/define-config';
export { loadConfig } from './config/load-config';
export { findLocalParts, type LocalParts, type LocalPartsOptions } from './local-parts';
export { activityDependencies, openRuntime, type Runtime, type RuntimeParts } from './runtime';
export { startWorkers, type RunningWorkers, type WorkerSettings } from './start-workers';
export { defaultTaskQueue, rewardsQueue } from './task-queues';
export { connectWorker, ServerUnreachable, temporalTarget, type TemporalTarget } from './temporal-connection';
