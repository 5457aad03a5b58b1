/** What an iteration changes: one component, two in a joint move, or all in a simultaneous step. */
export interface Move {
  component: string;
  /** The component that is changed together with it, in a joint move. */
  partner?: string | undefined;
  /** The other components of a simultaneous step. */
  others?: readonly string[] | undefined;
}

/** For people: `writer`, `planner with writer`, or `planner, writer, editor at once`. */
export function moveText({ component, partner, others }: Move): string {
  if (others !== undefined) return `${[component, ...others].join(', ')} at once`;
  return partner === undefined ? component : `${component} with ${partner}`;
}

/** Whether it is this component that is changed, alone. */
export function isStepOf(component: string, move: Move): boolean {
  return move.component === component && move.partner === undefined && move.others === undefined;
}

export function finalistsText(count: number): string {
  return `${count} finalist${count === 1 ? '' : 's'}`;
}
