import { defineConfig } from '../../index';
import { instructAndBase } from '../instruct-and-base';
import { quickstart } from './quickstart';

/** The quick start: whatever models and encoder this machine has or can get; no key is needed. */
export default defineConfig({
  endpoints: 'local',
  // Sized for two cores: about 1,600 calls of two very small models, which answer alike whenever asked alike.
  // All components at once until that is rejected, then the cheapest first: docs/decisions/0016.
  optimization: {
    iterations: 3,
    schedule: 'cheapest-first',
    preferenceInputs: 3,
    adaptationInputs: 14,
    rankingInputs: 8,
    shortlist: 2,
    shortlistInputs: 16,
    candidatesPerInput: 4,
    rolloutsPerCandidate: 1,
    proposals: 6,
    finalists: 1,
    validationExamples: 54,
    testExamples: 36,
  },
  systems: ({ encode, encoderFiles, models }) => [
    quickstart({ encode, encoderFiles, models: instructAndBase(models) }),
  ],
});
