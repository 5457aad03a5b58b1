import { relativeScores } from './relative-scores';

const decision = (iteration: number, accepted: boolean, before: number | null, after: number | null) => ({
  iteration,
  accepted,
  before,
  after,
});
const scoresOf = (decisions: ReturnType<typeof decision>[], incumbentScore: number) =>
  relativeScores(decisions, incumbentScore).map((item) => [item.decision.iteration, Number(item.score.toFixed(6))]);

describe('relativeScores', () => {
  it('puts a rejected finalist below the incumbent by what it lost, wherever it was measured', () => {
    // Validation examples are easier than the incumbent's: 0.85 there is worse than 0.5 here.
    expect(scoresOf([decision(0, false, 0.9, 0.85)], 0.5)).toEqual([[0, 0.45]]);
  });

  it('counts back through accepted finalists, in any order of the records', () => {
    const decisions = [
      decision(2, false, 0.8, 0.7),
      decision(0, false, 0.6, 0.65),
      decision(1, true, 0.6, 0.8),
      decision(3, false, null, null),
    ];
    expect(scoresOf(decisions, 0.5)).toEqual([
      [0, 0.35],
      [1, 0.5],
      [2, 0.4],
    ]);
  });
});
