import { isStepOf, type Move } from '../run/move-text';
import { sharedTry, type PastTry } from './expected-gain';

/** The decision of an iteration. */
export interface PastMove extends PastTry, Move {
  /** What it changed, or would have. */
  changed: readonly { component: string }[];
}

/** Past moves that say what the next try of a component may gain, oldest first. */
export interface ComponentTries<T> {
  /** Steps of it alone, and whatever else changed it; of an accepted simultaneous step the component's share of the gain. */
  tries: T[];
  alone: T[];
  accepted: T[];
}

/** Whether a move accepted other settings of the component, alone or with others. */
export function changesComponent(
  { accepted, changed }: Pick<PastMove, 'accepted' | 'changed'>,
  component: string,
): boolean {
  return accepted && changed.some((change) => change.component === component);
}

/** @param moves oldest first. */
export function componentTries<T extends PastMove>(moves: readonly T[], component: string): ComponentTries<T> {
  const isAlone = (move: T): boolean => isStepOf(component, move);
  const tries = moves
    .filter((move) => isAlone(move) || changesComponent(move, component))
    .map((move) => (move.others === undefined ? move : sharedTry(move, componentsOf(move))));
  return {
    tries,
    alone: tries.filter(isAlone),
    accepted: tries.filter((move) => changesComponent(move, component)),
  };
}

function componentsOf({ changed }: PastMove): number {
  return new Set(changed.map(({ component }) => component)).size;
}
