/** The components that an iteration changes, for people: `writer`, or `planner with writer`. */
export function moveText({ component, partner }: { component: string; partner?: string | undefined }): string {
  return partner === undefined ? component : `${component} with ${partner}`;
}
