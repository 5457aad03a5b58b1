import type { Candidate } from '../preference/candidate';
import { mean } from './moments';

/** What the next try of a component may gain, as a share of what its last, accepted one did. */
const repeatedGain = 0.5;
/** What a rejected try leaves of the expected gain. */
export const leftAfterRejection = 0.5;

/** One past try of a component. */
export interface PastTry {
  iteration: number;
  accepted: boolean;
  /** Mean scores of incumbent and finalist; null where nothing was validated. */
  before: number | null;
  after: number | null;
  /** What was tested, where that is not the gain in score alone: what the finalist costs more is taken off. */
  gain?: number | null;
}

/**
 * What the next try of a component may gain in score: how much the best candidate outputs of the newest preference data
 * beat the base outputs, less what was gained since. After an accepted try it is at least half of what that one gained;
 * every rejected try since the last accepted one halves it. Without preference data, as a run without rewards is, half of what the
 * last accepted try gained stands for it.
 *
 * @param tries of this component, oldest first.
 * @returns undefined without preference data and an accepted try.
 */
export function expectedGain(
  candidates: readonly Pick<Candidate, 'iteration' | 'exampleId' | 'origin' | 'scores'>[],
  tries: readonly PastTry[],
): number | undefined {
  const accepted = tries.filter((past) => past.accepted);
  const known = headroom(candidates, accepted);
  const rejections = rejectionsInARow(tries);
  const last = accepted.at(-1);
  const repeated = last && Math.max(0, repeatedGain * gainOf(last));
  const gain = rejections === 0 && repeated !== undefined ? Math.max(known ?? 0, repeated) : (known ?? repeated);
  return gain === undefined ? undefined : gain * leftAfterRejection ** rejections;
}

/** An accepted update of several components as a try of one of them: each is credited with an equal share of the gain. */
export function sharedTry<T extends PastTry>(past: T, components: number): T {
  return components > 1 ? { ...past, gain: gainOf(past) / components } : past;
}

/** How many tries were rejected since the last accepted one. @param tries oldest first. */
export function rejectionsInARow(tries: readonly Pick<PastTry, 'accepted'>[]): number {
  return tries.length - 1 - tries.findLastIndex(({ accepted }) => accepted);
}

/**
 * What the next joint try of two components may gain in score: the larger of their headrooms (`headroom`), halved by every rejected try
 * of the two since either was last changed. Their own rejections do not count: what one cannot gain alone is what a
 * joint move is for. Nor do the headrooms add up, as the outputs of one may be all that the other's are worth.
 *
 * @returns undefined where neither is known.
 */
export function expectedJointGain(headrooms: readonly (number | undefined)[], rejections: number): number | undefined {
  const known = headrooms.filter((gain) => gain !== undefined);
  return known.length === 0 ? undefined : Math.max(...known) * leftAfterRejection ** rejections;
}

/**
 * Mean over inputs of (best candidate's score - base output's), from the newest iteration that has any, less what has been
 * gained since by an accepted update of the component. The ground truth is left out: no setting may be able to reach it.
 */
export function headroom(
  candidates: readonly Pick<Candidate, 'iteration' | 'exampleId' | 'origin' | 'scores'>[],
  accepted: readonly PastTry[],
): number | undefined {
  const newest = Math.max(...candidates.map((candidate) => candidate.iteration));
  const byExample = new Map<string, (typeof candidates)[number][]>();
  for (const candidate of candidates) {
    if (candidate.iteration !== newest || candidate.origin === 'ground-truth') continue;
    byExample.set(candidate.exampleId, [...(byExample.get(candidate.exampleId) ?? []), candidate]);
  }
  const gaps = [...byExample.values()].flatMap((group) => {
    const base = group.find((candidate) => candidate.origin === 'base');
    if (base === undefined) return [];
    return [Math.max(...group.map((candidate) => mean(candidate.scores))) - mean(base.scores)];
  });
  if (gaps.length === 0) return undefined;
  const gained = accepted.filter((past) => past.iteration >= newest);
  return gained.reduce((left, past) => left - gainOf(past), mean(gaps));
}

function gainOf({ before, after, gain }: PastTry): number {
  if (typeof gain === 'number') return gain;
  return before === null || after === null ? 0 : after - before;
}
