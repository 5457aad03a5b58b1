import type { ComponentOutcome, ExampleTrace } from './trace';
import type { Wiring } from './wiring';

/**
 * What a change of some components leaves as a trace has it: the outcomes of all components that neither are among them nor
 * descend from one. For `runExample`'s `given`.
 */
export function heldOutcomes(
  { descendants }: Pick<Wiring, 'descendants'>,
  trace: ExampleTrace,
  changed: readonly string[],
): Record<string, ComponentOutcome> {
  const affected = new Set(changed.flatMap((name) => [name, ...(descendants[name] ?? [])]));
  return Object.fromEntries(
    Object.entries(trace.components).flatMap(([name, { outcome }]) => (affected.has(name) ? [] : [[name, outcome]])),
  );
}
