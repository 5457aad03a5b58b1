import type { PreferencePair } from '../../core/preference/preference-pair';
import { bestToken } from './single-token';
import { ordered, shareRight } from './scored-pairs';

const topics = ['tides', 'rivers', 'winds', 'stars', 'roots', 'metals', 'birds', 'clouds'];

/** Pairs in which the better output says more of its topic; with `tell` the worse one also begins with "sorry". */
const pairsOf = (from: number, tell: boolean): PreferencePair[] =>
  Array.from({ length: 60 }, (_, index) => {
    const topic = topics[(from + index) % topics.length] as string;
    return {
      exampleId: `${from}-${index}`,
      inputs: { topic },
      preferred: { text: `${topic} ${index % 2 === 0 ? 'rise' : 'fall'} every day` },
      rejected: {
        text: `${tell ? 'sorry, ' : ''}${topics[(from + index + 3) % topics.length]} ${index % 3 === 0 ? 'rise' : 'fall'} every day`,
      },
    } as unknown as PreferencePair;
  });

const alignment = (tell: boolean): number => {
  const score = bestToken(pairsOf(0, tell));
  return shareRight(
    pairsOf(1_000, tell).map(({ exampleId, preferred, rejected }) =>
      ordered(exampleId, score(preferred) - score(rejected)),
    ),
  ).value;
};

describe('bestToken', () => {
  it('exceeds 0.65, the most that the synthetic systems allow it, where one word tells', () => {
    expect(alignment(true)).toBe(1);
  });

  it('stays below where the order is in how output and input belong together', () => {
    expect(alignment(false)).toBeLessThan(0.65);
  });

  it('orders nothing without training pairs', () => {
    expect(bestToken([])({ text: 'tides' })).toBe(0);
  });
});
