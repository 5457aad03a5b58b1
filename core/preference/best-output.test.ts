import { bestOutput } from './best-output';
import type { CandidateOrigin } from './candidate';

const candidate = (query: string, scores: number[], origin: CandidateOrigin = 'sampled') => ({
  outputs: { query },
  scores,
  origin,
});

describe('bestOutput', () => {
  it('leads by its mean score over the mean of the others', () => {
    const best = bestOutput([candidate('a', [0.2]), candidate('b', [1, 0.8]), candidate('c', [0.4])]);
    expect(best).toEqual({ outputs: { query: 'b' }, score: 0.9, contrast: expect.closeTo(0.6) });
  });

  it('pools equal outputs, and takes the base output where others score the same', () => {
    const same = [candidate('a', [1]), candidate('b', [1]), candidate('b', [1], 'base'), candidate('c', [0])];
    expect(bestOutput(same)).toEqual({ outputs: { query: 'b' }, score: 1, contrast: 0.5 });
    expect(bestOutput([candidate('a', [1]), candidate('a', [0])])).toEqual({ outputs: { query: 'a' }, score: 0.5 });
  });

  it('is nothing of nothing', () => {
    expect(bestOutput([])).toBeUndefined();
  });
});
