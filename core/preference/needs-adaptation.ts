import { isStepOf, type Move } from '../run/move-text';

/** Tries of a component that a trusted reward may lead to a rejection before it is looked at again. */
const mostRejections = 2;

/**
 * Whether a component's Local Reward Function needs fresh preference data: it is not trusted; since its newest data an update was accepted
 * (paper, section 4.2: rewards are adapted when configurations change), of whatever component, as what a system's output is made of is what
 * outputs are worth something through; or two tries of the component were rejected, which may be the reward's fault. Else fresh
 * data would be of the same system, and cost as much as the first.
 *
 * @param reward.newestData the iteration that its newest data are from, -1 for those before the first; null: there are none.
 * @param decisions all before the present iteration.
 */
export function needsAdaptation(
  component: string,
  { trusted, newestData }: { trusted: boolean; newestData: number | null },
  decisions: readonly (Move & { iteration: number; accepted: boolean })[],
): boolean {
  if (!trusted || newestData === null) return true;
  const since = decisions.filter(({ iteration }) => iteration >= newestData);
  const rejections = since.filter((past) => !past.accepted && isStepOf(component, past));
  return since.some(({ accepted }) => accepted) || rejections.length >= mostRejections;
}
