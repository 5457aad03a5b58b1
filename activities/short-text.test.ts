import { shortText } from './short-text';

describe('shortText', () => {
  it('keeps what is short, and says how much it leaves out', () => {
    expect(shortText('no voice')).toBe('no voice');
    expect(shortText('x'.repeat(400))).toBe('x'.repeat(400));
    expect(shortText('x'.repeat(1_400))).toBe(`${'x'.repeat(400)}... (1000 characters more)`);
    expect(shortText('abcdef', 2)).toBe('ab... (4 characters more)');
  });

  it('cuts no character in half', () => {
    expect(shortText('ab\u{1F680}cd', 3)).toBe('ab... (4 characters more)');
    expect(shortText('ab\u{1F680}cd', 4)).toBe('ab\u{1F680}... (2 characters more)');
  });
});
