import type { Component } from '../core/system/component';
import type { JsonObject } from '../core/system/json';
import type { Example } from '../core/system/run-context';
import type { System } from '../core/system/system';

/** The output that the data says a component should give for an example, where the system offers one that fits. */
export function groundTruth(system: System, example: Example, component: Component): JsonObject | undefined {
  // A copy: the example is the data set's own.
  const truth = system.groundTruth?.(structuredClone(example) as never)[component.name];
  if (truth === undefined) return undefined;
  const parsed = component.output.safeParse(truth);
  return parsed.success ? (parsed.data as JsonObject) : undefined;
}
