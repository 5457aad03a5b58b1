import { shortlist } from './shortlist';

const scored = (configurationHash: string, meanGain: number, outputsHash = configurationHash) => ({
  configurationHash,
  meanGain,
  outputsHash,
  changes: 1,
});

it('has the best of all rounds, also losers, and one of those with the same outputs', () => {
  const rounds = [
    { scores: [scored('a', 0.3), scored('b', -0.1), scored('c', -0.4)] },
    { scores: [scored('d', 0.2, 'as d'), scored('e', 0.1, 'as d')] },
  ];
  expect(shortlist(rounds, 3).map(({ configurationHash }) => configurationHash)).toEqual(['a', 'd', 'b']);
  expect(shortlist(rounds, 10)).toHaveLength(4);
  expect(shortlist([{ scores: [] }], 3)).toEqual([]);
});
