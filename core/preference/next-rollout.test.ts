import { nextRollout } from './next-rollout';

describe('nextRollout', () => {
  it('rolls out the less measured of the two closest candidates', () => {
    expect(nextRollout([[0.1, 0.2], [0.9, 0.8], [0.15]], 8)).toBe(2);
    expect(
      nextRollout(
        [
          [0.5, 0.4, 0.6],
          [0.45, 0.55],
          [0, 0.1],
        ],
        8,
      ),
    ).toBe(1);
  });

  it('asks for nothing more where rollouts do not vary', () => {
    expect(
      nextRollout(
        [
          [1, 1],
          [0, 0],
          [0, 0],
        ],
        8,
      ),
    ).toBeUndefined();
  });

  it('asks for nothing more where every order is known', () => {
    const around = (centre: number) => [centre - 0.01, centre + 0.01, centre];
    expect(nextRollout([around(0.1), around(0.5), around(0.9)], 8)).toBeUndefined();
    expect(nextRollout([around(0.1), around(0.11), around(0.9)], 8)).toBe(0);
  });

  it('tells equal scores of one rollout each apart from known ones: binary metrics begin like this', () => {
    expect(nextRollout([[1], [0], [0]], 8)).toBe(1);
    expect(nextRollout([[0], [0]], 8)).toBe(0);
    expect(nextRollout([[0, 0], [0]], 8)).toBe(1);
  });

  it('leaves a candidate alone that has had its share', () => {
    expect(
      nextRollout(
        [
          [0.5, 0.4],
          [0.45, 0.55],
          [0, 0.9],
        ],
        2,
      ),
    ).toBeUndefined();
  });
});
