import path from 'node:path';
import type { RunPlan } from '../../core/run/plan';

const distribution = path.resolve(__dirname, '../../dist');

export const quickPlan = {
  iterations: 1,
  preferenceInputs: 6,
  adaptationInputs: 4,
  rankingInputs: 4,
  shortlist: 2,
  shortlistInputs: 4,
  candidatesPerInput: 3,
  rolloutsPerCandidate: 1,
  proposals: 4,
  finalists: 2,
  validationExamples: 12,
  testExamples: 8,
};

/** The text of a config on the scripted endpoint. */
export function commandConfig(
  endpoint: string,
  options: {
    address?: string | undefined;
    price?: string;
    dataSeed?: number;
    apiKey?: string;
    plan?: Partial<RunPlan>;
  } = {},
): string {
  const temporal = options.address === undefined ? '' : `temporal: { address: '${options.address}' },`;
  return `
    import { defineConfig } from 'optimas';
    import { scriptedChain } from '${distribution}/systems/synthetic';
    export default defineConfig({
      endpoints: {
        scripted: { baseURL: '${endpoint}', models: { small: {}, large: { ${options.price ?? ''} } }, pure: true, timeoutMs: 5_000, ${options.apiKey ?? ''} },
      },
      encoder: 'hashed-ngrams',
      systems: [scriptedChain({ seed: ${options.dataSeed ?? 0} })],
      optimization: ${JSON.stringify({ ...quickPlan, ...options.plan })},
      ${temporal}
    });`;
}
