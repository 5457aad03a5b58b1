import { randomStream } from '../../core/random/stream';
import { adaptationPlans } from './adaptation-plans';

const batches = 10;
const numbers = (count: number, first = 0): number[] => Array.from({ length: count }, (_, index) => first + index);
const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

/** Plans for so many fresh pairs from 1000 on. */
function plansFor(fresh: number, replay: (count: number, batch: number) => number[] = () => [], seed = 1) {
  const { plans } = adaptationPlans(numbers(fresh, 1_000), replay, randomStream(seed, 'plans'));
  const [rehearsed, alone, ...others] = plans as [number[][], number[][]];
  expect(others).toEqual([]);
  return { rehearsed, alone };
}

describe('adaptationPlans', () => {
  it.each([
    ['all', 7, 7],
    ['96', 250, 96],
  ])('puts %s fresh pairs into a batch, beside as many that are rehearsed, or alone', (_, fresh, size) => {
    const replay = jest.fn((count: number, batch: number) => numbers(count, 100 * batch));
    const { rehearsed, alone } = plansFor(fresh, replay);
    expect(replay.mock.calls).toEqual(numbers(batches).map((batch) => [size, batch]));
    expect(alone.map(({ length }) => length)).toEqual(new Array(batches).fill(size));
    expect(rehearsed).toEqual(alone.map((batch, index) => [...batch, ...numbers(size, 100 * index)]));
  });

  it.each([20, 96, 97, 250])('uses each of %i fresh pairs before one comes again, in a new order', (fresh) => {
    const all = numbers(fresh, 1_000);
    const used = plansFor(fresh).alone.flat();
    const rounds = Array.from({ length: Math.ceil(used.length / fresh) }, (_, round) =>
      used.slice(round * fresh, (round + 1) * fresh),
    );
    const whole = rounds.filter(({ length }) => length === fresh);
    expect(whole.length).toBeGreaterThanOrEqual(3);
    for (const round of whole) expect(sorted(round)).toEqual(all);
    for (const batch of plansFor(fresh).alone) expect(new Set(batch).size).toBe(batch.length);
    const last = rounds.at(-1) as number[];
    expect(new Set(last).size).toBe(last.length);
    expect(new Set([all, ...whole].map((round) => round.join())).size).toBe(1 + whole.length);
  });

  it('takes what there is of fewer past pairs', () => {
    const few = [[3, 1], []];
    const { rehearsed, alone } = plansFor(7, (_, batch) => few[batch % 2] as number[]);
    expect(rehearsed).toEqual(alone.map((batch, index) => [...batch, ...(few[index % 2] as number[])]));
  });

  it('has no batches without fresh pairs, and rehearses nothing', () => {
    const replay = jest.fn(() => [1]);
    expect(plansFor(0, replay)).toEqual({ rehearsed: [], alone: [] });
    expect(replay).not.toHaveBeenCalled();
  });

  it('is the same for a stream, and another for another', () => {
    expect(plansFor(50)).toEqual(plansFor(50));
    expect(plansFor(50).alone).not.toEqual(plansFor(50, undefined, 2).alone);
  });
});
