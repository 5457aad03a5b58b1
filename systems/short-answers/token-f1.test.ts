import { exactMatch, tokenF1 } from './token-f1';

describe('tokenF1', () => {
  it.each([
    ['Paris', 'Paris', 1],
    ['The  paris.', 'Paris', 1],
    ['It is Paris', 'Paris', 0.5],
    ['Lima', 'Paris', 0],
    ['', 'Paris', 0],
    ['the', '', 1],
    ['French and Dutch', 'Dutch and French', 1],
    ['Dutch', 'Dutch and French', 0.5],
    ['543,940', '543940 square km', 0.5],
  ])('scores %j against %j as %d', (answer, reference, expected) => {
    expect(tokenF1(answer, reference)).toBeCloseTo(expected, 12);
  });

  it('counts a repeated token as often as the reference has it', () => {
    expect(tokenF1('Paris Paris Paris', 'Paris')).toBeCloseTo(0.5, 12);
  });

  it('keeps letters that are not English', () => {
    expect(tokenF1('Nouméa', 'Nouméa')).toBe(1);
    expect(tokenF1('Noum', 'Nouméa')).toBe(0);
  });
});

describe('exactMatch', () => {
  it('ignores case, punctuation and articles, and nothing else', () => {
    expect(exactMatch('the Euro.', 'Euro')).toBe(1);
    expect(exactMatch('It is the Euro', 'Euro')).toBe(0);
  });
});
