import type { RandomStream } from '../../core/random/stream';
import type { AdaptationSettings } from './training-request';

const batches = 10;
/** Fresh pairs of a batch at most; as many of the replay buffer stand beside them. */
const freshPerBatch = 96;
const stepsPerBatch = 4;

/**
 * Mini-batches of an adaptation, in two plans: fresh pairs in random order, over and over, beside as many that are rehearsed;
 * and the fresh ones alone, for a drift so large that what was learned before misleads.
 *
 * @param fresh pairs by index.
 * @param replay draws so many past pairs for a batch.
 */
export function adaptationPlans(
  fresh: readonly number[],
  replay: (count: number, batch: number) => number[],
  stream: RandomStream,
): Pick<AdaptationSettings, 'stepsPerBatch' | 'plans'> {
  const size = Math.min(fresh.length, freshPerBatch);
  let queue: number[] = [];
  const alone = Array.from({ length: size === 0 ? 0 : batches }, () => {
    const batch = queue.splice(0, size);
    if (batch.length < size) {
      // What begins the next round is not in this batch already: none is there twice.
      const round = stream.shuffle(fresh);
      queue = [...round.filter((pair) => !batch.includes(pair)), ...round.filter((pair) => batch.includes(pair))];
      batch.push(...queue.splice(0, size - batch.length));
    }
    return batch;
  });
  return { stepsPerBatch, plans: [alone.map((batch, index) => [...batch, ...replay(size, index)]), alone] };
}
