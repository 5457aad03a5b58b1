import { DefinitionError } from '../../core/system/definition-error';
import { defineConfig } from './define-config';

const define = (encoder: unknown) => defineConfig({ systems: () => [], encoder } as never);

describe('the encoder of a config', () => {
  it.each([
    'hashed-ngrams',
    './encoder',
    { model: 'embedder' },
    { model: 'embedder', maxCharacters: 1_000 },
    undefined,
  ])('may be %j', (encoder) => {
    expect(define(encoder).encoder).toEqual(encoder);
  });

  it.each([
    ['', "config: encoder must be 'all-MiniLM-L6-v2', 'hashed-ngrams', a folder"],
    [7, "or a model of an endpoint ({ model: 'name' })"],
    [null, 'config: encoder must be'],
    [{ maxCharacters: 1_000 }, 'config: encoder must be'],
    [{ model: '' }, "config: encoder.model must be the name of a model of the config's endpoints"],
    [
      { model: 'm', maxCharacters: 10 },
      'config: encoder.maxCharacters must be a whole number from 100 to 1000000, not 10',
    ],
    [{ model: 'm', maxTokens: 10 }, "config: encoder has no setting 'maxTokens'"],
  ])('must not be %j', (encoder, message) => {
    expect(() => define(encoder)).toThrow(DefinitionError);
    expect(() => define(encoder)).toThrow(message);
  });
});
