import type { Move } from '../run/move-text';

/**
 * Whether an iteration changes all components at once: the first one, and those after a simultaneous step that was accepted. The first
 * that is not ends them for the run: what is left to gain is then small or depends on what is changed with it, which single
 * steps and joint moves find out.
 *
 * @param past decisions of all earlier iterations, oldest first.
 */
export function isSimultaneous(
  past: readonly (Pick<Move, 'others'> & { accepted: boolean })[],
  { components }: { components: number },
): boolean {
  return components > 1 && past.every(({ others, accepted }) => others !== undefined && accepted);
}
