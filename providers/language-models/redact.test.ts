import { redactor } from './redact';

describe('redactor', () => {
  const secret = 'canary "key"/+1';
  const redact = redactor([secret, 'x']);

  it.each([
    ['plain', secret],
    ['JSON', JSON.stringify(secret)],
    ['URL', encodeURIComponent(secret)],
    ['base64', Buffer.from(secret).toString('base64')],
    ['inside a word', `a${secret}b`],
  ])('takes out the secret as %s', (_, text) => {
    expect(redact(`said ${text}`)).not.toMatch(/canary|Y2FuYXJ5/);
  });

  it('takes out what looks like somebody’s key', () => {
    expect(redact('key sk-proj-abc123def456 and Bearer abcdef.ghi, sk-ab****wxyz')).toBe(
      'key [redacted] and [redacted], [redacted]',
    );
  });

  it('leaves ordinary words alone', () => {
    const text = 'the exact task-oriented ask-someone text for model sk-1';
    expect(redact(text)).toBe(text);
  });
});
