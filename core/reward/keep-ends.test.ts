import { keepEnds } from './keep-ends';

it('leaves a text that fits as it is', () => {
  expect(keepEnds('x'.repeat(20), 20)).toBe('x'.repeat(20));
  expect(keepEnds('', 20)).toBe('');
});

it('keeps the head and the tail of a longer one, within the bound', () => {
  const cut = keepEnds(`head${'-'.repeat(100_000)}tail`, 21);
  expect(cut).toBe('head---- ... ----tail');
  expect(cut).toHaveLength(21);
});

it('never cuts an emoji in half, wherever the cut falls', () => {
  for (let size = 5; size < 40; size++) {
    const cut = keepEnds(`${'🚀'.repeat(50)}${'x'.repeat(size % 3)}`, size);
    expect(cut.length).toBeLessThanOrEqual(size);
    expect(cut).not.toMatch(/\p{Surrogate}/u);
  }
});

it('keeps lone surrogates and other scripts', () => {
  expect(keepEnds(`\ud800${'首都'.repeat(20)}\udc00`, 11)).toBe('\ud800首都 ... 首都\udc00');
});
