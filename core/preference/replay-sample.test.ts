import { randomStream } from '../random/stream';
import type { PreferencePair } from './preference-pair';
import { replaySample } from './replay-sample';

const pairOf = (configurationHash: string, iteration: number): PreferencePair => ({
  exampleId: 'e',
  inputs: {},
  preferred: {},
  rejected: {},
  weight: 1,
  gap: 1,
  iteration,
  configurationHash,
  groundTruth: false,
  stale: false,
});

/** The incumbent 'long' of four iterations, one of which collected much, and the incumbent 'short' of one. */
const pairs = [
  ...Array.from({ length: 200 }, () => pairOf('long', 0)),
  ...[1, 2, 11].flatMap((iteration) => Array.from({ length: 10 }, () => pairOf('long', iteration))),
  ...Array.from({ length: 10 }, () => pairOf('short', 12)),
];
const past = [...pairs.keys()];

function countsOf(sample: readonly number[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const index of sample) {
    const { configurationHash, iteration } = pairs[index] as PreferencePair;
    const key = `${configurationHash}/${iteration}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

describe('replaySample', () => {
  it('takes from each incumbent in turn, and there from each age in turn', () => {
    const sample = replaySample(pairs, past, 16, randomStream(1, 'replay'));
    expect(countsOf(sample)).toEqual({ 'long/0': 2, 'long/1': 2, 'long/2': 2, 'long/11': 2, 'short/12': 8 });
  });

  it('goes on with the others where a stratum is used up, without replacement', () => {
    const sample = replaySample(pairs, past, 100, randomStream(2, 'replay'));
    expect(sample).toHaveLength(100);
    expect(new Set(sample).size).toBe(100);
    expect(countsOf(sample)).toEqual({ 'long/0': 60, 'long/1': 10, 'long/2': 10, 'long/11': 10, 'short/12': 10 });
  });

  it('takes all where there are few, and none but the past', () => {
    const few = [3, 205, 239];
    expect(replaySample(pairs, few, 10, randomStream(1, 'replay')).sort((a, b) => a - b)).toEqual(few);
    expect(replaySample(pairs, [], 10, randomStream(1, 'replay'))).toEqual([]);
    const late = past.slice(100);
    expect(Math.min(...replaySample(pairs, late, 90, randomStream(3, 'replay')))).toBeGreaterThanOrEqual(100);
  });

  it('is the same for a stream, and another for another', () => {
    const sampleOf = (seed: number): number[] => replaySample(pairs, past, 30, randomStream(seed, 'replay'));
    expect(sampleOf(1)).toEqual(sampleOf(1));
    expect(sampleOf(1)).not.toEqual(sampleOf(2));
  });
});
