import { scriptedChain } from '../systems/synthetic';
import { defineConfig } from './config/define-config';
import { findLocalParts, localPartsVariable } from './local-parts';
import { unpricedModels } from './unpriced-models';

const price = { promptPerMillion: 1, completionPerMillion: 2 };
const free = { promptPerMillion: 0, completionPerMillion: 0 };
const elsewhere = 'https://models.example.com/v1';

describe('unpricedModels', () => {
  it('are those without a price that are not on this machine', () => {
    const models = { priced: { price }, free: { price: free }, unknown: {} };
    expect(unpricedModels({ paid: { baseURL: elsewhere, models } }, {})).toEqual(['unknown']);
    expect(unpricedModels({ own: { baseURL: 'http://127.0.0.1:8080/v1', models } }, {})).toEqual([]);
    expect(unpricedModels({ own: { baseURL: 'http://localhost/v1', models } }, {})).toEqual([]);
  });

  it('are at the URL of the environment, else at OpenAI, where the config names none', () => {
    expect(unpricedModels({ openai: { models: { m: {} } } }, {})).toEqual(['m']);
    expect(unpricedModels({ openai: { models: { m: {} } } }, { OPENAI_BASE_URL: 'http://[::1]:1/v1' })).toEqual([]);
  });

  it('are known of endpoints in a config, in every process', async () => {
    const config = defineConfig({
      encoder: 'hashed-ngrams',
      systems: [scriptedChain()],
      endpoints: { paid: { baseURL: elsewhere, models: { small: {}, large: { price } } } },
    });
    const parts = await findLocalParts(config, { environment: {} });
    expect(parts.unpricedModels).toEqual(['small']);
    const handed = { [localPartsVariable]: parts.environment[localPartsVariable] };
    expect((await findLocalParts(config, { environment: handed })).unpricedModels).toEqual(['small']);
  });
});
