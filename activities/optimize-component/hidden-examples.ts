import { textsIn, type HeldOutExample } from '../../core/search/held-out-copies';
import { contentHash } from '../../core/system/canonical-json';
import type { Component } from '../../core/system/component';
import type { JsonObject } from '../../core/system/json';
import type { Example } from '../../core/system/run-context';
import type { System } from '../../core/system/system';
import type { ResolvedSystem } from '../definition/resolve-system';
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

/** Latest seeds that one definition's are kept for. */
const keptSeeds = 4;

const known = new WeakMap<ResolvedSystem, Map<number, HiddenExamples>>();

/**
 * The examples that measure gains: whoever has seen one in a prompt can answer it. Made once for a definition and a seed, each set
 * of hashes when it is first asked for: to hash a large data set takes a while.
 */
export function hiddenExamples({ resolved, seed }: Pick<OpenRun, 'resolved' | 'seed'>): HiddenExamples {
  const bySeed = known.get(resolved) ?? new Map<number, HiddenExamples>();
  known.set(resolved, bySeed);
  const hidden = bySeed.get(seed) ?? examplesHiddenIn(resolved, seed);
  bySeed.delete(seed);
  bySeed.set(seed, hidden);
  for (const oldest of [...bySeed.keys()].slice(0, -keptSeeds)) bySeed.delete(oldest);
  return hidden;
}

function examplesHiddenIn(resolved: ResolvedSystem, seed: number): HiddenExamples {
  const { system, examples } = resolved;
  const fields = Object.keys(system.input.shape);
  const inputsHash = (example: Example): string => contentHash(fields.map((field) => example[field] ?? null));
  const measuring = [...examples.validation, ...examples.test];
  const ranking = once(() => trainingParts(resolved, seed).ranking);
  const componentInputs = new Map<string, ReadonlySet<string>>();
  return {
    heldOut: once(() => new Set(measuring.map(inputsHash))),
    ranking: once(() => new Set(ranking().map(inputsHash))),
    inputsHash,
    componentInputs(component) {
      const hashes =
        componentInputs.get(component.name) ?? inputHashes(system, component, [...measuring, ...ranking()]);
      componentInputs.set(component.name, hashes);
      return hashes;
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

/** Content hashes of the component's inputs in examples; empty where it gets more than the system's inputs. */
function inputHashes(system: System, component: Component, examples: readonly Example[]): ReadonlySet<string> {
  const sources = Object.entries(system.wiring.sources[component.name] ?? {});
  if (!sources.every(([, found]) => found.every((source) => source.component === 'input'))) return new Set();
  const hashes = examples.flatMap((example) => {
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
}

function once<T>(compute: () => T): () => T {
  let computed: { value: T } | undefined;
  return () => (computed ??= { value: compute() }).value;
}
