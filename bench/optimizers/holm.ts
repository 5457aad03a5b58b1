/** P values adjusted for one another, in their order (Holm 1979): below a level, they are significant at it all together. */
export function holm(ps: readonly number[]): number[] {
  const order = [...ps.keys()].sort((a, b) => (ps[a] as number) - (ps[b] as number));
  const adjusted = new Array<number>(ps.length);
  let largest = 0;
  for (const [rank, place] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (ps.length - rank) * (ps[place] as number)));
    adjusted[place] = largest;
  }
  return adjusted;
}
