import { charactersPerToken, estimateTokens } from './token-estimate';

describe('estimateTokens', () => {
  it('counts a token for every four characters, the last one whole', () => {
    expect(charactersPerToken).toBe(4);
    expect(['', 'a', 'four', 'fives'].map(estimateTokens)).toEqual([0, 1, 1, 2]);
  });
});
