import { randomStream, type RandomStream } from '../../core/random/stream';
import type { JsonObject } from '../../core/system/json';
import type { Split } from '../../core/system/system';
import type { Strength } from './strength';
import { tasks } from './tasks';
import { attributes, readText, writeText } from './wording';

/** What a component's surroundings make of it: how its inputs are, and what its outputs are worth downstream. */
export interface Surroundings {
  /** Share of inputs that ask for a loose text rather than an exact one. */
  loose: number;
  /** Value of a text by the share of its clauses that are good in each attribute, by what the input asks for. */
  worth: Record<'exact' | 'loose', Strength>;
}

/** The two drifts that make adaptation needed (paper, section 4.2): each changes one thing, partly. */
export const drifts: Readonly<Record<'downstream' | 'upstream', { before: Surroundings; after: Surroundings }>> = {
  // What comes next corrects the wording itself, and makes more of the facts.
  downstream: {
    before: { loose: 0, worth: { exact: { wording: 0.7, grounding: 0.3 }, loose: { wording: 0.7, grounding: 0.3 } } },
    after: { loose: 0, worth: { exact: { wording: 0.2, grounding: 0.8 }, loose: { wording: 0.2, grounding: 0.8 } } },
  },
  // What comes before asks for loose texts, which were rare: there precise wording is worth little.
  upstream: {
    before: { loose: 0.1, worth: { exact: { wording: 0.7, grounding: 0.3 }, loose: { wording: 0.2, grounding: 0.8 } } },
    after: { loose: 0.9, worth: { exact: { wording: 0.7, grounding: 0.3 }, loose: { wording: 0.2, grounding: 0.8 } } },
  },
};

/** A candidate as core/preference knows it, with its value, which no rollout ever shows exactly. */
export interface ValuedCandidate {
  component: string;
  exampleId: string;
  inputs: JsonObject;
  outputs: JsonObject;
  origin: 'base' | 'sampled';
  configurationHash: string;
  iteration: number;
  scores: number[];
  value: number;
}

/** Preference data of one writer in its surroundings: rollouts are its texts' values with normal noise. */
export function driftCandidates(options: {
  seed: number;
  surroundings: Surroundings;
  /** Seeds the inputs too: each iteration has its own. */
  iteration: number;
  split: Split;
  inputs: number;
  candidates: number;
  rollouts: number;
  /** Standard deviation of a rollout's score. */
  noise: number;
}): ValuedCandidate[] {
  const { seed, surroundings, iteration, split, inputs, candidates, rollouts, noise } = options;
  const random = randomStream(seed, 'drift', split, iteration);
  const drawn = tasks(random.integer(2 ** 31), { train: 0, validation: 0, test: 0, [split]: inputs }, ['']);
  return drawn[split].flatMap(({ id, task }) => {
    const asked = random.uniform() < surroundings.loose ? 'loose' : 'exact';
    const request = `${task} ${asked === 'loose' ? 'Keep it loose and open.' : 'Be exact and precise.'}`;
    return Array.from({ length: candidates }, (_, index): ValuedCandidate => {
      const text = randomText(task, random);
      const value = worthOf(text, task, surroundings.worth[asked]);
      return {
        component: 'writer',
        exampleId: `${iteration}-${id}`,
        inputs: { request } satisfies JsonObject,
        outputs: { text },
        origin: index === 0 ? 'base' : 'sampled',
        configurationHash: JSON.stringify(surroundings),
        iteration,
        scores: Array.from({ length: rollouts }, () => value + noise * random.normal()),
        value,
      };
    });
  });
}

function randomText(task: string, random: RandomStream): string {
  const clauses = readText('', task).map(() => ({
    wording: random.uniform() < 0.5,
    grounding: random.uniform() < 0.5,
  }));
  return writeText('text', task, clauses, random);
}

function worthOf(text: string, task: string, worth: Strength): number {
  const clauses = readText(text, task);
  return attributes.reduce(
    (sum, attribute) =>
      sum + (worth[attribute] * clauses.filter((clause) => clause[attribute]).length) / clauses.length,
    0,
  );
}
