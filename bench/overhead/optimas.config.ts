import { scriptedChain } from '../../systems/synthetic';
import { defineConfig } from '../../workers/config/define-config';
import { benchVariables } from './bench-run';

/** What both ways run: the scripted chain on the scripted endpoint, 32 calls at a time. */
export default defineConfig({
  systems: [scriptedChain({ examples: { train: 120, validation: 120, test: 200 } })],
  endpoints: {
    scripted: {
      baseURL: process.env[benchVariables.endpoint] ?? '',
      models: { small: {}, large: {} },
      pure: true,
      concurrency: 32,
    },
  },
  encoder: 'hashed-ngrams',
  database: process.env[benchVariables.database] ?? '',
});
