import type { EmbeddedModelServer } from '../providers/embedded-models';
import { LanguageModels } from '../providers/language-models';
import { localEndpoint } from './local-endpoint';

const found = { baseURL: 'http://127.0.0.1:9/v1', models: ['a', 'b'], pure: false };
const names = (endpoint: ReturnType<typeof localEndpoint>): string[] =>
  Object.keys(endpoint.endpoints['local']?.models ?? {});

describe('localEndpoint', () => {
  it('offers the models that the endpoint lists, or those that are chosen', () => {
    expect(names(localEndpoint(found, 'Ollama at port 11434', {}))).toEqual(['a', 'b']);
    expect(names(localEndpoint(found, 'OPENAI_BASE_URL / OPENAI_API_KEY', { OPTIMAS_MODELS: 'c, d,' }))).toEqual([
      'c',
      'd',
    ]);
    expect(names(localEndpoint({ ...found, models: ['a'] }, 'Ollama', {}))).toEqual(['a']);
  });

  it('takes two of many from a free server, and leaves the choice to a person where calls may cost money', () => {
    const many = { ...found, models: ['a', 'b', 'c'] };
    const local = localEndpoint(many, 'Ollama', {});
    expect(names(local)).toEqual(['a', 'b']);
    expect(local.notes.join()).toContain('OPTIMAS_MODELS');
    const paid = { ...many, baseURL: 'https://models.example.com/v1' };
    expect(() => localEndpoint(paid, 'OPENAI_BASE_URL / OPENAI_API_KEY', {})).toThrow(/lists 3 models: choose/);
    expect(localEndpoint(paid, 'OPENAI_BASE_URL / OPENAI_API_KEY', { OPTIMAS_MODELS: 'a' }).unknownPrices).toBe(true);
    expect(localEndpoint(many, 'OPENAI_BASE_URL / OPENAI_API_KEY', { OPTIMAS_MODELS: 'a' }).unknownPrices).toBe(false);
  });

  it('knows the embedded models again at another port', () => {
    const at = (port: number) => ({ ...found, baseURL: `http://127.0.0.1:${port}/v1`, pure: true });
    const identity = (port: number): string => {
      const { endpoints } = localEndpoint({ ...at(port), server: {} as EmbeddedModelServer }, 'embedded', {});
      return new LanguageModels(endpoints, {}).identity;
    };
    expect(identity(1)).toBe(identity(2));
    expect(localEndpoint(at(1), 'Ollama', {}).endpoints['local']?.identity).toBeUndefined();
  });

  it('explains an endpoint that lists nothing', () => {
    expect(() => localEndpoint({ ...found, models: [] }, 'Ollama', {})).toThrow(
      /lists no models: name one or two with OPTIMAS_MODELS/,
    );
  });
});
