import { defineConfig } from '../../index';
import { instructAndBase } from '../instruct-and-base';
import { quickstart } from './quickstart';

/** The quick start: whatever models and encoder this machine has or can get; no key is needed. */
export default defineConfig({
  endpoints: 'local',
  // Sized for two cores: about 1,600 calls of two very small models, which answer alike whenever asked alike.
  // Why the cheapest component first: docs/decisions/0016. A step of all three at once would take a third of the calls (0026).
  optimization: {
    iterations: 4,
    simultaneousSteps: false,
    schedule: 'cheapest-first',
    preferenceInputs: 3,
    adaptationInputs: 22,
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
