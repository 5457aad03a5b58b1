import { adaptiveRollouts } from './adaptive-rollouts';

describe('adaptiveRollouts', () => {
  const counting =
    (scoreOf: (candidate: number, index: number) => number) => async (candidate: number, index: number) =>
      Promise.resolve({ score: scoreOf(candidate, index) });

  it('gives the second half to candidates that are close, not to one that is far ahead', async () => {
    // Two whose rollouts vary and overlap, and one far above both.
    const scores = await adaptiveRollouts(
      3,
      4,
      counting((candidate, index) => (candidate === 2 ? 10 + 0.01 * index : (index % 2) + 0.1 * candidate)),
    );
    const counts = scores.map((own) => own.length);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(12);
    expect(counts[2]).toBe(2);
  });

  it('stops where rollouts do not vary', async () => {
    const scores = await adaptiveRollouts(
      2,
      4,
      counting((candidate) => candidate),
    );
    expect(scores.map((own) => own.length)).toEqual([2, 2]);
  });

  it('makes one rollout each where one is usual', async () => {
    expect(
      await adaptiveRollouts(
        2,
        1,
        counting((candidate) => candidate),
      ),
    ).toEqual([[{ score: 0 }], [{ score: 1 }]]);
  });
});
