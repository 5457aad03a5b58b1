import { budgetWarnings, estimateText } from './estimate-text';

const estimate = { calls: 1_234, tokens: 9_000, usd: 1.5, wallClockMs: 60_000 };
const text = (usd: number, unpriced: string[]): string =>
  estimateText('qa', { ...estimate, usd }, { from: 'assuming', unpriced, budget: { calls: 5 } });

describe('estimateText', () => {
  it('is no upper bound, and says what is not counted', () => {
    expect(text(1.5, [])).toMatch(/^estimate for qa: about 1,234 model calls, 9,000 tokens, \$1\.50, /);
    expect(text(1.5, [])).toMatch(/not counted: calls by metrics, embeddings.*; budget: 5 calls$/);
    expect(text(1.5, [])).not.toContain('at most');
  });

  it('says that the encoder calls a model, where it does', () => {
    const about = { from: 'assuming', unpriced: [], budget: {}, encoderModel: 'embedder' };
    expect(estimateText('qa', estimate, about)).toContain('embeddings, also those by embedder for the rewards, calls');
    expect(text(1.5, [])).toContain('embeddings, calls that are tried again');
  });

  it('never passes an unknown price off as none', () => {
    expect(text(0, ['small', 'large'])).toContain(
      '9,000 tokens, an amount that is not known here (no price: small, large)',
    );
    expect(text(1.5, ['small'])).toContain('$1.50 and an amount that is not known here (no price: small)');
  });
});

it('warns of a limit in dollars on models without a price', () => {
  expect(budgetWarnings({ usd: 5 }, ['small'])).toEqual([
    expect.stringMatching(/\$5\.00 \(--max-usd\) cannot take effect for small: .*give one/),
  ]);
  expect(budgetWarnings({ usd: 5 }, [])).toEqual([]);
  expect(budgetWarnings({ calls: 5 }, ['small'])).toEqual([]);
});
