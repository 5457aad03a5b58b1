import { DefinitionError } from '../core/system/definition-error';
import { model } from '../core/system/variable';
import { LanguageModels } from '../providers/language-models';
import { echoSystem } from '../test/support/echo-system';
import { requirePrices } from './require-prices';

const choosing = echoSystem({ configuration: { voice: model(['free', 'unknown']) } });
const none = { promptPerMillion: 0, completionPerMillion: 0 };
const models = (unknown: object) =>
  new LanguageModels({ e: { baseURL: 'http://127.0.0.1:1/v1', models: { free: { price: none }, unknown } } }, {});

describe('requirePrices', () => {
  it('names the model that would pass for a free one', () => {
    const check = () => requirePrices(choosing, { scorePerUsd: 2, scorePerSecond: 0 }, models({}));
    expect(check).toThrow(DefinitionError);
    expect(check).toThrow(
      "scorePerUsd 2), but model 'unknown', which component 'speaker' may choose (variable 'voice'), has no price",
    );
  });

  it('wants no prices where money does not count, and is content with a price of 0', () => {
    expect(() => requirePrices(choosing, { scorePerUsd: 0, scorePerSecond: 1 }, models({}))).not.toThrow();
    expect(() => requirePrices(choosing, { scorePerUsd: 2, scorePerSecond: 0 }, models({ price: none }))).not.toThrow();
  });
});
