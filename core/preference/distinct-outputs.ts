import { canonicalJson } from '../system/canonical-json';
import { mean } from '../validation/moments';
import type { Candidate } from './candidate';

/** An output of a component, and how it came about. */
export type CandidateOutput = Pick<Candidate, 'outputs' | 'origin' | 'configurationHash'>;

/** What a component gave for one input: each output once, as it first came about, and what alternative configurations gave. */
export class DistinctOutputs {
  /** In the order in which they came. */
  readonly list: CandidateOutput[] = [];
  private readonly places = new Map<string, number>();
  /** Place of what each alternative gave, by its hash; undefined: it failed. */
  private readonly given = new Map<string, number | undefined>();

  /** @returns the output's place in the list. */
  add(output: CandidateOutput): number {
    const key = canonicalJson(output.outputs);
    const known = this.places.get(key);
    if (known !== undefined) return known;
    this.places.set(key, this.list.length);
    return this.list.push(output) - 1;
  }

  /** @param outputs undefined: the alternative failed. */
  addAlternative(configurationHash: string, outputs: CandidateOutput['outputs'] | undefined): void {
    const place = outputs && this.add({ outputs, origin: 'configuration', configurationHash });
    this.given.set(configurationHash, place);
  }

  /**
   * Mean score of every alternative, by its hash (`Candidate.alternatives`).
   *
   * @param scores of each output's rollouts, by its place.
   * @param floor what a failure scores.
   */
  alternativeScores(scores: readonly (readonly number[])[], floor: number): Record<string, number> {
    return Object.fromEntries(
      [...this.given].map(([hash, place]) => [hash, place === undefined ? floor : mean(scores[place] ?? [])]),
    );
  }
}
