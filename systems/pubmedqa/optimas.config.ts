import { defineConfig } from '../../index';
import { instructAndBase } from '../instruct-and-base';
import { pubmedqaFiles } from './files';
import { pubmedqa } from './pubmedqa';

// Missing data is told before any model is fetched.
pubmedqaFiles();

/** PubMedQA on whatever models and encoder this machine has or can get; no key is needed. */
export default defineConfig({
  endpoints: 'local',
  // Sized for two cores. A step of all components at once would take a third of the calls: docs/decisions/0026.
  optimization: {
    iterations: 4,
    simultaneousSteps: false,
    preferenceInputs: 8,
    adaptationInputs: 16,
    rankingInputs: 8,
    shortlist: 3,
    shortlistInputs: 16,
    candidatesPerInput: 4,
    rolloutsPerCandidate: 1,
    proposals: 6,
    finalists: 1,
    validationExamples: 60,
    testExamples: 60,
  },
  systems: ({ encode, encoderFiles, models }) => [pubmedqa({ encode, encoderFiles, models: instructAndBase(models) })],
});
