import type { Component } from './component';
import type { ComponentConfiguration } from './configuration';
import type { Draw } from './draw';
import type { JsonObject } from './json';
import type { ComponentOutcome } from './trace';
import type { Cost, Example, MetricResult } from './run-context';
import type { System } from './system';

export interface ComponentCall {
  component: Component;
  /** Parsed by the component's input schema. */
  inputs: JsonObject;
  configuration: ComponentConfiguration;
  draw: Draw;
  signal: AbortSignal;
}

export interface ComponentCallResult {
  outcome: Exclude<ComponentOutcome, { status: 'skipped' }>;
  usage: Cost;
  memoHit: boolean;
}

export interface MetricCall {
  system: System;
  example: Example;
  output: JsonObject;
  draw: Draw;
  signal: AbortSignal;
}

export type MetricCallResult = ({ status: 'ok'; result: MetricResult } | { status: 'failed'; reason: string }) & {
  usage: Cost;
};

/**
 * Runs components and metrics for the interpreter; implementations add the memo and the recording of model calls.
 * A failure of the system under test comes back as an outcome; an InfrastructureError is thrown.
 */
export interface ComponentCaller {
  callComponent(call: ComponentCall): Promise<ComponentCallResult>;
  callMetric(call: MetricCall): Promise<MetricCallResult>;
}
