import type { PreferencePair } from '../../core/preference/preference-pair';
import { judgeHeldOut } from './judge-held-out';

/** A head that tells the ground truth from everything else, and orders outputs of models by the toss of a coin. */
function judged(inputs: number, ofModels: number) {
  const pairs: PreferencePair[] = [];
  for (let input = 0; input < inputs; input++) {
    for (let pair = 0; pair < 4; pair++) {
      const groundTruth = pair >= ofModels;
      pairs.push({
        exampleId: `e${input}`,
        inputs: {},
        preferred: {},
        rejected: {},
        weight: 0.25,
        gap: 0.5,
        groundTruth,
      });
    }
  }
  const heldOut = pairs.map(({ groundTruth }, pair) => ({
    pair,
    preferredReward: groundTruth ? 3 : pair % 2,
    rejectedReward: groundTruth ? 0 : 1 - (pair % 2),
  }));
  return judgeHeldOut(pairs, heldOut, 1);
}

describe('judgeHeldOut', () => {
  it('does not trust a head that only recognises the ground truth', () => {
    const { measures, reason } = judged(40, 2);
    expect(measures).toMatchObject({
      trusted: false,
      gainPerReward: 0,
      alignment: { value: 0.5, pairs: 80, inputs: 40 },
    });
    expect(reason).toBe('held-out alignment is not better than chance with 95 % confidence');
  });

  it('trusts nothing where every pair has the ground truth in it, and says so', () => {
    const { measures, reason } = judged(40, 0);
    expect(measures).toMatchObject({ trusted: false, gainPerReward: 0, alignment: null });
    expect(measures.heldOutLoss).toBeLessThan(Math.LN2);
    expect(reason).toMatch(/every pair has the ground truth/);
  });
});
