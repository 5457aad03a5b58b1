import type { Move } from '../run/move-text';
import { mostCombinations } from '../search/combine-proposals';

/** Proposals of a simultaneous step: all of them pass through one activity's input, and their ranking through one history. */
const mostProposals = 384;

/**
 * Whether an iteration changes all components at once: the first one, and those after a simultaneous step that was accepted. The first
 * that is not ends them for the run: what is left to gain is then small or depends on what is changed with it, which single
 * steps and joint moves find out. None with so many components and proposals that the step would be too large for one workflow.
 *
 * @param past decisions of all earlier iterations, oldest first.
 * @param size.proposals of one component.
 */
export function isSimultaneous(
  past: readonly (Pick<Move, 'others'> & { accepted: boolean })[],
  { components, proposals }: { components: number; proposals: number },
): boolean {
  return (
    components > 1 &&
    components * (proposals + mostCombinations) <= mostProposals &&
    past.every(({ others, accepted }) => others !== undefined && accepted)
  );
}
