import { LanguageModels } from './language-models';

describe('LanguageModels.identity', () => {
  it('tells servers, ids and limits, not prices and addresses of a known server', () => {
    const at = (baseURL: string, model: object = {}, more: object = {}) =>
      new LanguageModels({ e: { baseURL, models: { small: model }, ...more } }, {}).identity;
    const [one, two] = ['http://127.0.0.1:1/v1', 'http://127.0.0.1:2/v1'];
    const others = [at(two), at(one, { id: 'x' }), at(one, { maxTokens: 5 }), at(one, {}, { pure: true })];
    expect(new Set([at(one), ...others]).size).toBe(5);
    expect(at(one, { price: { promptPerMillion: 1, completionPerMillion: 1 } })).toBe(at(one));
    expect(at(one, {}, { identity: 'mine' })).toBe(at(two, {}, { identity: 'mine' }));
  });
});
