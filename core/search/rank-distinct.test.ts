import { rankDistinct } from './rank-distinct';

const judged = (configurationHash: string, meanGain: number, outputsHash: string, changes = 1) => ({
  configurationHash,
  meanGain,
  outputsHash,
  changes,
});

describe('rankDistinct', () => {
  it('puts the largest gain first, and the smaller change first where gains are equal', () => {
    const { distinct } = rankDistinct([judged('a', 0.1, 'x'), judged('b', 0.3, 'y', 2), judged('c', 0.3, 'z', 1)]);
    expect(distinct.map((item) => item.configurationHash)).toEqual(['c', 'b', 'a']);
  });

  it('keeps of proposals with the same outputs the one that changes least, and says for whom it stands', () => {
    const { distinct, sameOutputsAs } = rankDistinct([
      judged('a', 0.2, 'x', 3),
      judged('b', 0.2, 'x', 1),
      judged('c', 0.2, 'x', 2),
      judged('d', 0, 'y'),
    ]);
    expect(distinct.map((item) => item.configurationHash)).toEqual(['b', 'd']);
    expect([...sameOutputsAs]).toEqual([
      ['c', 'b'],
      ['a', 'b'],
    ]);
  });

  it('does not depend on the order of its input', () => {
    const proposals = [judged('a', 0.2, 'x'), judged('b', 0.2, 'x'), judged('c', 0.2, 'y')];
    expect(rankDistinct([...proposals].reverse())).toEqual(rankDistinct(proposals));
  });
});
