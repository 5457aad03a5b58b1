import { resolveEndpoint } from './resolve-endpoint';

describe('resolveEndpoint', () => {
  it('takes URL and key from the environment when the endpoint says nothing', () => {
    const environment = { OPENAI_BASE_URL: 'http://127.0.0.1:1/v1/', OPENAI_API_KEY: ' k1 ' };
    expect(resolveEndpoint('e', {}, environment)).toEqual({
      baseURL: 'http://127.0.0.1:1/v1',
      isOpenAI: false,
      apiKey: 'k1',
      keySource: 'OPENAI_API_KEY',
    });
  });

  it('is OpenAI without any setting', () => {
    const resolved = resolveEndpoint('e', {}, { OPENAI_API_KEY: 'k1' });
    expect(resolved).toMatchObject({ baseURL: 'https://api.openai.com/v1', isOpenAI: true, apiKey: 'k1' });
  });

  it('never sends the key of the environment to another host', () => {
    const local = { baseURL: 'http://127.0.0.1:2/v1', apiKey: '' };
    expect(resolveEndpoint('e', local, { OPENAI_API_KEY: 'k1' }).apiKey).toBeUndefined();
    const both = { OPENAI_API_KEY: 'k1', OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' };
    expect(resolveEndpoint('e', local, both).apiKey).toBeUndefined();
    expect(resolveEndpoint('e', { baseURL: 'http://127.0.0.1:1/v1' }, both).apiKey).toBe('k1');
  });

  it('names the variable that holds an explicit key', () => {
    const options = { baseURL: 'http://127.0.0.1:2/v1', apiKey: 'k2' };
    expect(resolveEndpoint('e', options, { OTHER_API_KEY: 'k2' }).keySource).toBe('OTHER_API_KEY');
    expect(resolveEndpoint('e', options, {}).keySource).toBe("apiKey of endpoint 'e' in the configuration");
  });

  it('refuses an OPENAI_BASE_URL that is no URL', () => {
    expect(() => resolveEndpoint('e', {}, { OPENAI_BASE_URL: 'localhost' })).toThrow(
      /^OPENAI_BASE_URL must be an http/,
    );
  });
});
