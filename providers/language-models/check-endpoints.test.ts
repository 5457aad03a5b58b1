import { DefinitionError } from '../../core/system/definition-error';
import { checkEndpoints } from './check-endpoints';

const good = { baseURL: 'http://127.0.0.1:1/v1', models: { small: {} } };

function messageFor(endpoints: unknown): string {
  try {
    checkEndpoints(endpoints);
  } catch (error) {
    if (DefinitionError.isInstance(error)) return error.message;
    throw error;
  }
  return 'fine';
}

describe('checkEndpoints', () => {
  it('accepts what is right, and no endpoint at all', () => {
    const price = { promptPerMillion: 0.15, completionPerMillion: 0.6 };
    const full = { ...good, apiKey: undefined, concurrency: 2, timeoutMs: 1000, pure: true, headers: { 'x-a': 'b' } };
    expect(messageFor({})).toBe('fine');
    expect(messageFor({ a: { ...full, models: { small: { id: 'gpt', price, maxTokens: 20 } } } })).toBe('fine');
  });

  it.each([
    ['not an object', [], 'endpoints must be an object of named endpoints'],
    ['no models', { a: {} }, "endpoint 'a': models must name at least one model"],
    ['empty models', { a: { models: {} } }, "endpoint 'a': models must name at least one model"],
    ['misspelt field', { a: { ...good, apikey: 'k' } }, "endpoint 'a' has no field 'apikey'; did you mean 'apiKey'?"],
    ['no URL', { a: { ...good, baseURL: 'localhost:80' } }, /^endpoint 'a': baseURL must start with http/],
    ['key in URL', { a: { ...good, baseURL: 'http://u:canary@h/v1' } }, /must not carry a user or password/],
    ['query in URL', { a: { ...good, baseURL: 'http://h/v1?key=canary' } }, /must end with its path/],
    ['concurrency', { a: { ...good, concurrency: 0 } }, /concurrency must be a whole number of at least 1/],
    ['timeout', { a: { ...good, timeoutMs: 400_000 } }, /timeoutMs must be .* from 1 to 300000/],
    ['pure', { a: { ...good, pure: 'yes' } }, /pure must be true or false/],
    ['key with line break', { a: { ...good, apiKey: 'canary\n' } }, /apiKey begins or ends with a space or line break/],
    ['key type', { a: { ...good, apiKey: 7 } }, /apiKey must be a text/],
    [
      'header value',
      { a: { ...good, headers: { 'x-a': 'canary\u2713' } } },
      /headers: the value of 'x-a' has characters/,
    ],
    ['header name', { a: { ...good, headers: { 'x a': 'canary' } } }, /header name 'x a'/],
    ['model id', { a: { models: { m: { id: '' } } } }, "endpoint 'a': model 'm': id must be a non-empty text"],
    [
      'negative price',
      { a: { models: { m: { price: { promptPerMillion: -1, completionPerMillion: 0 } } } } },
      "endpoint 'a': model 'm': price.promptPerMillion must be a number of US dollars of at least 0, not -1",
    ],
    [
      'half a price',
      { a: { models: { m: { price: { promptPerMillion: 1 } } } } },
      /completionPerMillion must be a number/,
    ],
    [
      'misspelt price',
      { a: { models: { m: { price: { promptPerMillions: 1, completionPerMillion: 1 } } } } },
      /price has no field 'promptPerMillions'; did you mean 'promptPerMillion'/,
    ],
    ['max tokens', { a: { models: { m: { maxTokens: 1.5 } } } }, /maxTokens must be a whole number/],
    [
      'a model twice',
      { a: good, b: good },
      "model 'small' is in endpoint 'a' and in endpoint 'b': rename one and keep its id (for instance 'b-small': { id: 'small' })",
    ],
  ])('refuses %s', (_, endpoints, expected) => {
    const message = messageFor(endpoints);
    expect(message).toMatch(expected);
    expect(message).not.toContain('canary');
  });
});
