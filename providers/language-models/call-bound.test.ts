import { chatBound, embeddingBound } from './call-bound';
import { ASSUMED_REPLY_TOKENS } from './endpoint-options';

const price = { promptPerMillion: 1, completionPerMillion: 10 };

describe('the bound of a call', () => {
  it('counts a prompt by its bytes, which no tokenizer exceeds, and the whole reply', () => {
    const short = chatBound([{ role: 'user', content: '' }], 100, price);
    const long = chatBound([{ role: 'user', content: '\u{1F600}'.repeat(50) }], 100, price);
    expect(long.tokens - short.tokens).toBe(200);
    expect(long.usd - short.usd).toBeCloseTo(200e-6, 12);
    expect(short.usd).toBeGreaterThan(100 * 10e-6);
    expect(short.certain).toBe(true);
  });

  it('is a guess where nothing limits a reply that costs money', () => {
    const messages = [{ role: 'user' as const, content: 'hello' }];
    expect(chatBound(messages, undefined, price)).toMatchObject({ certain: false });
    expect(chatBound(messages, undefined, price).tokens).toBeGreaterThan(ASSUMED_REPLY_TOKENS);
    expect(chatBound(messages, undefined, undefined)).toMatchObject({ certain: true, usd: 0 });
    expect(chatBound(messages, undefined, { ...price, completionPerMillion: 0 }).certain).toBe(true);
  });

  it('has no reply for an embedding', () => {
    expect(embeddingBound(['abcd', ''], price)).toEqual({ tokens: 36, usd: 36e-6, certain: true });
  });
});
