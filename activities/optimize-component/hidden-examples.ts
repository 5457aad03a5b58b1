import { textsIn, type HeldOutExample } from '../../core/search/held-out-copies';
import { contentHash } from '../../core/system/canonical-json';
import type { Component } from '../../core/system/component';
import type { JsonObject } from '../../core/system/json';
import type { Example } from '../../core/system/run-context';
import { trainingParts } from '../example-samples';
import type { OpenRun } from '../open-run';

/** What prompts may not show, and what they may. */
export interface HiddenExamples {
  /** Content hashes of the system's inputs in validation and test examples. */
  heldOut(): ReadonlySet<string>;
  /** The same of the training examples that proposals are ranked on. */
  ranking(): ReadonlySet<string>;
  /** Content hash of an example's inputs to the system. */
  inputsHash(example: Example): string;
  /** Content hashes of the component's inputs in all of them; empty where it gets more than the system's inputs. */
  componentInputs(component: Component): ReadonlySet<string>;
  /** Texts of the validation and test examples. */
  heldOutTexts(): Generator<HeldOutExample>;
  /** Texts of the training examples. */
  trainingTexts(): Generator<string>;
}

/** The examples that measure gains: whoever has seen one in a prompt can answer it. */
export function hiddenExamples({ resolved, seed }: OpenRun): HiddenExamples {
  const { system, examples } = resolved;
  const fields = Object.keys(system.input.shape);
  const inputsHash = (example: Example): string => contentHash(fields.map((field) => example[field] ?? null));
  const measuring = [...examples.validation, ...examples.test];
  const { ranking } = trainingParts(resolved, seed);
  return {
    heldOut: () => new Set(measuring.map(inputsHash)),
    ranking: () => new Set(ranking.map(inputsHash)),
    inputsHash,
    componentInputs(component) {
      const sources = Object.entries(system.wiring.sources[component.name] ?? {});
      if (!sources.every(([, found]) => found.every((source) => source.component === 'input'))) return new Set();
      const hashes = [...measuring, ...ranking].flatMap((example) => {
        const given: JsonObject = Object.fromEntries(
          sources.flatMap(([field, [source]]) => {
            const value = source && example[source.field];
            return value === undefined ? [] : [[field, value]];
          }),
        );
        const parsed = component.input.safeParse(given);
        return parsed.success ? [contentHash(parsed.data as JsonObject)] : [];
      });
      return new Set(hashes);
    },
    *heldOutTexts() {
      for (const { id, ...example } of measuring) {
        const inputs = fields.flatMap((field) => (typeof example[field] === 'string' ? [example[field]] : []));
        yield { exampleId: id, texts: textsIn(example), inputs };
      }
    },
    *trainingTexts() {
      for (const { id: _, ...example } of examples.train) yield* textsIn(example);
    },
  };
}
