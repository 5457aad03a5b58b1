import { chain } from '../../systems/synthetic';
import { defineConfig } from '../../workers/config/define-config';
import { databaseVariable } from './soak-run';

/** Four components that compute in the worker itself: its models are names only, and nothing listens at that port. */
export default defineConfig({
  systems: [chain({ examples: { train: 60, validation: 40, test: 20 } }).system],
  endpoints: { none: { baseURL: 'http://127.0.0.1:9/v1', models: { small: {}, large: {} } } },
  encoder: 'hashed-ngrams',
  database: process.env[databaseVariable] ?? '',
});
