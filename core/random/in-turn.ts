/** First of each queue, then second of each, ...: a cut anywhere keeps all kinds. */
export function inTurn<T>(queues: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...queues.map((queue) => queue.length));
  const turns: T[] = [];
  for (let index = 0; index < longest; index++)
    for (const queue of queues) turns.push(...queue.slice(index, index + 1));
  return turns;
}
