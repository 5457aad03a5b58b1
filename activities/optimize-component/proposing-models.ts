import { drawId, drawSeed, type Draw } from '../../core/system/draw';
import { recordedModels } from '../calls/recorded-models';
import type { ProposeInput } from '../contracts';
import type { OpenRun } from '../open-run';

/** Models for who proposes, on the account of the run. @param use what for: each has draws of its own */
export function proposingModels(
  run: OpenRun,
  { iteration, limits }: Pick<ProposeInput, 'iteration' | 'limits'>,
  use: string,
  signal: AbortSignal,
) {
  const draw: Draw = { runSeed: run.seed, purpose: 'optimization', iteration, exampleId: use, index: 0 };
  return recordedModels(run.meter(limits), { role: 'proposer', seed: drawSeed(draw), draw: drawId(draw), signal });
}
