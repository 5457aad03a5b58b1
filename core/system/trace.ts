import type { JsonObject } from './json';
import type { ExamplePrice } from './example-price';
import type { Cost } from './run-context';

/** How one call of a component ended. A `failed` one is a failure of the system under test, with its reason. */
export type ComponentOutcome =
  { status: 'ok'; outputs: JsonObject } | { status: 'failed'; reason: string } | { status: 'skipped' };

/** What one component did for one example. */
export interface ComponentTrace {
  component: string;
  /** Absent for a skipped component and for one whose outputs were given. */
  inputs?: JsonObject;
  outcome: ComponentOutcome;
  /** Hash of the component's own configuration. */
  configurationHash: string;
  seed: number;
  /** Cost of the calls made for this outcome; also what a memo hit once cost. */
  usage: Cost;
  memoHit: boolean;
  /** True when the outputs were held fixed by the caller (partial re-execution). */
  given: boolean;
}

/** One example through the system, with what every component did, keyed by component name. */
export interface ExampleTrace {
  exampleId: string;
  components: Readonly<Record<string, ComponentTrace>>;
  /** The system's output, or why there is none. */
  output: { status: 'ok'; value: JsonObject } | { status: 'failed'; component: string; reason: string };
  /** What scoring the output cost; absent for a trace that was not scored. */
  metricUsage?: Cost;
  /** What the example costs the system; absent for a trace that was not stored. */
  price?: ExamplePrice;
}

/** One example's score under one draw. */
export interface ExampleScore {
  exampleId: string;
  score: number;
  subScores?: Record<string, number>;
  feedback?: string;
  /** Why the example scored the metric's floor. */
  failure?: string;
}

/** A score, and what the metric's model calls cost. */
export interface ScoredTrace extends ExampleScore {
  usage: Cost;
}
