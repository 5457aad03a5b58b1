import type { RunPlan } from '../core/run/plan';
import { jointPairs, type ComponentPair } from '../core/system/joint-pairs';
import type { TunableComponent } from './contracts';
import type { ResolvedSystem } from './definition/resolve-system';

/** The pairs of tunable components that a run with this plan may change together. */
export function pairsOf(
  { system }: Pick<ResolvedSystem, 'system'>,
  { jointMoves }: Pick<RunPlan, 'jointMoves'>,
  components: readonly TunableComponent[],
): ComponentPair[] {
  if (!jointMoves) return [];
  return jointPairs(
    system.wiring,
    components.map(({ name }) => name),
  );
}
