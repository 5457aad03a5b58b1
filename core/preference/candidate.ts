import type { JsonObject } from '../system/json';

/** How a candidate output came about. */
export type CandidateOrigin = 'base' | 'sampled' | 'configuration' | 'ground-truth';

/** One output of a component on one input, with what its downstream rollouts scored. */
export interface Candidate {
  component: string;
  /** The group key: candidates of one example share their inputs. */
  exampleId: string;
  inputs: JsonObject;
  outputs: JsonObject;
  origin: CandidateOrigin;
  configurationHash: string;
  /** The iteration that collected it; -1: before the first. */
  iteration: number;
  /** One global score per downstream rollout; their mean estimates E_down[R | outputs]. */
  scores: number[];
  /** Scored when components downstream still had other settings: what the output is worth now may differ. */
  stale?: boolean;
  /**
   * With a base output: mean score on this input of every alternative configuration that was called on it, by its hash; also of one that
   * gave no output of its own, and of one that failed, which scores the metric's floor.
   */
  alternatives?: Readonly<Record<string, number>>;
  /** Why the system failed on this candidate; its scores are then the metric's floor and count like any other. */
  failure?: string;
}
