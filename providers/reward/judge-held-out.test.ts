import type { PreferencePair } from '../../core/preference/preference-pair';
import { judgeHeldOut } from './judge-held-out';

const pairOf = (exampleId: string): PreferencePair => ({
  exampleId,
  inputs: {},
  preferred: {},
  rejected: {},
  weight: 0.25,
  gap: 0.5,
  groundTruth: false,
  stale: false,
});

/** A head that tells what must not count (the ground truth, say) from everything else, and orders the rest by the toss of a coin. */
function judged(inputs: number, counted: number, other: 'groundTruth' | 'stale') {
  const pairs: PreferencePair[] = [];
  for (let input = 0; input < inputs; input++) {
    for (let pair = 0; pair < 4; pair++) {
      pairs.push({ ...pairOf(`e${input}`), ...(pair >= counted && { [other]: true }) });
    }
  }
  const heldOut = pairs.map(({ groundTruth, stale }, pair) => ({
    pair,
    preferredReward: groundTruth || stale ? 3 : pair % 2,
    rejectedReward: groundTruth || stale ? 0 : 1 - (pair % 2),
  }));
  return judgeHeldOut(pairs, heldOut, 1);
}

describe('judgeHeldOut', () => {
  it.each(['groundTruth', 'stale'] as const)('does not trust a head for its pairs with %s', (other) => {
    const { measures, reason } = judged(40, 2, other);
    expect(measures).toMatchObject({
      trusted: false,
      gainPerReward: 0,
      alignment: { value: 0.5, pairs: 80, inputs: 40 },
    });
    expect(reason).toBe('held-out alignment is better than chance with 35.9 % confidence; 95 % is needed');
  });

  it('trusts a head that is better than chance with 95 % confidence one-sided, though the interval reaches chance', () => {
    const pairs = Array.from({ length: 40 }, (_, input) => pairOf(`e${input}`));
    const ordered = (right: number) =>
      judgeHeldOut(
        pairs,
        pairs.map((_, pair) => ({ pair, preferredReward: pair < right ? 1 : 0, rejectedReward: 0.5 })),
        1,
      );
    const { measures, reason } = ordered(26);
    expect(measures).toMatchObject({ trusted: true, alignment: { value: 0.65, pairs: 40 } });
    expect(measures.alignment?.ci95[0]).toBeLessThanOrEqual(0.5);
    expect(reason).toMatch(/^held-out alignment is better than chance with 9[5-7](\.\d+)? % confidence$/);
    expect(ordered(25).measures.trusted).toBe(false);
  });

  it.each(['groundTruth', 'stale'] as const)('trusts nothing where every pair has %s, and says so', (other) => {
    const { measures, reason } = judged(40, 0, other);
    expect(measures).toMatchObject({ trusted: false, gainPerReward: 0, alignment: null });
    expect(measures.heldOutLoss).toBeLessThan(Math.LN2);
    expect(reason).toMatch(/every pair has the ground truth in it or is stale/);
  });
});
