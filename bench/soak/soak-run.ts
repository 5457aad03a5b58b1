import path from 'node:path';
import type { RunPlan } from '../../core/run/plan';

/** The fewest examples with which every step of an iteration still does its work; it never ends early. */
export function soakPlan(iterations: number): Partial<RunPlan> {
  return {
    iterations,
    preferenceInputs: 6,
    adaptationInputs: 2,
    candidatesPerInput: 3,
    rolloutsPerCandidate: 1,
    proposals: 4,
    rankingInputs: 2,
    shortlistInputs: 2,
    finalists: 1,
    validationExamples: 8,
    testExamples: 8,
    // Eight examples show little: at the usual level nothing would ever be accepted.
    alpha: 0.5,
    patience: iterations,
  };
}

export const soakSystem = 'synthetic-chain';
export const configFile = path.join(__dirname, 'optimas.config.ts');

/** Where the config of the worker process reads its database from. */
export const databaseVariable = 'OPTIMAS_SOAK_DATABASE';
