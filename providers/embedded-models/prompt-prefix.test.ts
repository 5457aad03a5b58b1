import { chunkTokens, reusablePrefix } from './prompt-prefix';

const tokens = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index);

describe('reusablePrefix', () => {
  it('keeps whole equal chunks', () => {
    expect(reusablePrefix(tokens(chunkTokens * 2), [...tokens(chunkTokens + 5), 999])).toBe(chunkTokens);
    expect(reusablePrefix(tokens(chunkTokens - 1), tokens(chunkTokens * 2))).toBe(0);
    expect(reusablePrefix(tokens(chunkTokens), tokens(chunkTokens * 2, 1))).toBe(0);
  });

  it('leaves at least one token to evaluate', () => {
    expect(reusablePrefix(tokens(chunkTokens * 2), tokens(chunkTokens * 2))).toBe(chunkTokens);
  });
});
