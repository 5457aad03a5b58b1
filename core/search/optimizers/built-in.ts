import type { ComponentOptimizer } from '../component-optimizer';
import { demonstrations } from './demonstrations';
import { edits } from './edits';
import { hyperparameters } from './hyperparameters';
import { instructionsAndDemonstrations } from './instructions-and-demonstrations';
import { merge } from './merge';
import { models } from './models';
import { opro } from './opro';
import { reflection } from './reflection';

/** The optimizers that need no model call: preference data is collected from their proposals too. */
export const modelFreeOptimizers: readonly ComponentOptimizer[] = [hyperparameters, models, demonstrations, edits];

/** All optimizers of the product, in the order in which equal proposals are credited. */
export const builtInOptimizers: readonly ComponentOptimizer[] = [
  opro,
  reflection,
  merge,
  ...modelFreeOptimizers,
  instructionsAndDemonstrations,
];
