import { decideLook, type LookVerdict } from '../core/validation/acceptance';
import { looksAt, type Look } from '../core/validation/looks';
import { drawSeed } from '../core/system/draw';
import type { Stores } from '../storage';
import type { LookInput, LookResult } from './contracts';
import type { ActivityDependencies } from './dependencies';
import { inActivity } from './in-activity';
import { iterationLevel } from './iteration-level';
import { openRun } from './open-run';
import { validationIds, validationScores } from './validation-scores';

/** What the ledger keeps of a look at an iteration's validation sample. */
export interface LookRecord extends LookVerdict {
  /** Examples measured by then. */
  examples: number;
  /** The iteration's level. */
  level: number;
}

/**
 * One look at what is measured of the validation sample: accepts a finalist, or says which go on. A second attempt
 * answers what the first one recorded.
 */
export function look(dependencies: ActivityDependencies, input: LookInput): Promise<LookResult> {
  return inActivity(async () => {
    const { stores } = dependencies;
    const run = await openRun(dependencies, input.runId);
    const { iteration } = input;
    const looks = looksAt(input.count);
    const { examples } = looks[input.look] as Look;
    const ids = validationIds(run, input).slice(0, examples);
    const level = await iterationLevel(dependencies, run, input);
    const earlier = input.look === 0 ? undefined : await recordedLook(stores, input, input.look - 1);
    const verdict = decideLook({
      looks,
      look: input.look,
      incumbent: await validationScores(dependencies, run, iteration, input.incumbent, ids),
      finalists: await Promise.all(
        input.finalists.map(async (configurationHash) => ({
          configurationHash,
          scores: await validationScores(dependencies, run, iteration, configurationHash, ids),
        })),
      ),
      entered: input.entered,
      level,
      minimumEffect: run.plan.minimumEffect,
      earlier: Object.fromEntries(earlier?.comparisons.map(({ configurationHash, p }) => [configurationHash, p]) ?? []),
      seed: signFlipSeed(run.seed, iteration),
    });
    const record: LookRecord = { ...verdict, examples, level };
    await stores.ledger.append(input.runId, [
      {
        key: keyOf(input, input.look),
        iteration,
        kind: 'look',
        body: { ...record, comparisons: record.comparisons.map((comparison) => ({ ...comparison })) },
      },
    ]);
    return { hashes: (await recordedLook(stores, input, input.look)).remaining };
  });
}

/** What an iteration's look recorded. @throws Error where it has not been made */
export async function recordedLook(
  stores: Stores,
  of: { runId: string; iteration: number },
  number: number,
): Promise<LookRecord> {
  const entry = await stores.ledger.get(of.runId, keyOf(of, number));
  if (entry === undefined) throw new Error(`run ${of.runId} has no entry '${keyOf(of, number)}' in its ledger`);
  return entry.body as unknown as LookRecord;
}

/** Of the sign flips of an iteration's tests. */
export function signFlipSeed(runSeed: number, iteration: number): number {
  return drawSeed({ runSeed, purpose: 'validation', iteration, exampleId: 'sign-flips', index: 0 });
}

function keyOf({ iteration }: { iteration: number }, number: number): string {
  return `iteration/${iteration}/look/${number}`;
}
