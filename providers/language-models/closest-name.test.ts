import { closestName, didYouMean } from './closest-name';

describe('closestName', () => {
  it('finds a slip of the keyboard, ignoring case', () => {
    expect(closestName('smal', ['large', 'small'])).toBe('small');
    expect(closestName('GPT-4o', ['gpt-4o', 'gpt-4.1'])).toBe('gpt-4o');
  });

  it('offers nothing when nothing is near', () => {
    expect(closestName('claude', ['gpt', 'llama'])).toBeUndefined();
    expect(didYouMean('claude', [])).toBe('');
  });
});
