import { randomStream, type RandomStream } from '../random/stream';
import { integer, oneOf, range, type Variables } from '../system/variable';
import { searchSpace, valueAt } from './search-space';
import { promise, randomPoint, suggest, type Point, type TpeObservation } from './tpe';

const variables: Variables = {
  blend: range(0, 1),
  kind: oneOf(['a', 'b', 'c', 'd']),
  rate: range(1e-4, 1, { scale: 'log' }),
  steps: integer(1, 50),
};
const space = searchSpace(variables);

/** Best 1, at blend 0.7, kind c, rate 0.01 and steps 20. */
function quality(point: Point): number {
  const [blend, kind, rate, steps] = space.map((dimension, index) => valueAt(dimension, point[index]!)) as [
    number,
    string,
    number,
    number,
  ];
  const loss =
    (blend - 0.7) ** 2 + 0.3 * Number(kind !== 'c') + 0.05 * Math.log10(rate / 0.01) ** 2 + ((steps - 20) / 50) ** 2;
  return 1 - loss;
}

function bestOf(budget: number, stream: RandomStream, next: (observations: TpeObservation[]) => Point): number {
  const observations: TpeObservation[] = [];
  for (let draw = 0; draw < budget; draw++) {
    const point = next(observations);
    observations.push({ point, value: quality(point) });
  }
  return Math.max(...observations.map((item) => item.value));
}

describe('suggest', () => {
  it('finds better settings than random search at equal budget, over 30 seeds', () => {
    let [wins, tpeLoss, randomLoss] = [0, 0, 0];
    for (let seed = 0; seed < 30; seed++) {
      const stream = randomStream(seed, 'tpe');
      const modelled = bestOf(40, stream, (observations) => suggest({ dimensions: space, observations, stream }));
      const blind = randomStream(seed, 'random');
      const random = bestOf(40, blind, () => randomPoint(space, blind));
      if (modelled > random) wins++;
      tpeLoss += (1 - modelled) / 30;
      randomLoss += (1 - random) / 30;
    }
    expect(wins).toBeGreaterThanOrEqual(22);
    expect(tpeLoss).toBeLessThan(0.5 * randomLoss);
  });

  it('prefers, of two good regions, the one with fewer bad points', () => {
    const line = searchSpace({ blend: range(0, 1) });
    const good = [0.18, 0.2, 0.22, 0.78, 0.8, 0.82].map((at) => ({ point: [at], value: 1 }));
    const bad = Array.from({ length: 24 }, (_, index) => ({ point: [0.12 + 0.007 * index], value: 0 }));
    const stream = randomStream(6);
    const suggested = Array.from({ length: 50 }, () =>
      suggest({ dimensions: line, observations: [...good, ...bad], stream }),
    );
    expect(suggested.filter(([at]) => at! > 0.5).length).toBeGreaterThan(45);
  });

  it('depends on stream and observations alone, not on their order', () => {
    const stream = randomStream(1, 'observations');
    const observations = Array.from({ length: 20 }, () => {
      const point = randomPoint(space, stream);
      return { point, value: Math.round(2 * quality(point)) };
    });
    const first = suggest({ dimensions: space, observations, stream: randomStream(2) });
    const second = suggest({ dimensions: space, observations: [...observations].reverse(), stream: randomStream(2) });
    expect(second).toEqual(first);
  });

  it('stays in the space, also with equal values and one-value dimensions', () => {
    const narrow = searchSpace({ one: oneOf(['x']), fixed: range(3, 3), blend: range(0, 1) });
    const stream = randomStream(3);
    const observations = Array.from({ length: 30 }, () => ({ point: randomPoint(narrow, stream), value: 1 }));
    for (let draw = 0; draw < 50; draw++) {
      const point = suggest({ dimensions: narrow, observations, stream });
      expect(point.every((coordinate) => coordinate! >= 0 && coordinate! <= 1)).toBe(true);
      expect(valueAt(narrow[2]!, point[2]!)).toBe('x');
      expect(valueAt(narrow[1]!, point[1]!)).toBe(3);
    }
  });

  it('favours no region where all is equal', () => {
    const line = searchSpace({ blend: range(0, 1) });
    // Equal but for rounding, and all in one corner.
    const observations = Array.from({ length: 20 }, (_, index) => ({
      point: [index / 200],
      value: (index % 3) * 1e-12,
    }));
    const stream = randomStream(4);
    const suggested = Array.from({ length: 200 }, () => suggest({ dimensions: line, observations, stream })[0] ?? 0);
    expect(suggested.filter((at) => at > 0.5).length).toBeGreaterThan(75);
    expect(suggested.filter((at) => at < 0.5).length).toBeGreaterThan(75);
  });

  it('learns nothing of a dimension where it does not matter', () => {
    // Every point that is flat does well, whatever its depth: that says nothing of depths.
    const dimensions = searchSpace({ depth: range(0, 1), mode: oneOf(['flat', 'deep']) });
    const flat = Array.from({ length: 6 }, () => ({ point: [undefined, 0], value: 1 }));
    const deep = Array.from({ length: 24 }, (_, index) => ({ point: [index / 24, 1], value: 0 }));
    const observations = [...flat, ...deep];
    const at = (depth: number | undefined, mode: number) =>
      promise({ dimensions, observations, points: [[depth, mode]] })?.[0] as number;
    expect(at(undefined, 0)).toBeGreaterThan(at(0.4, 1));
    // Bad deep points lie evenly, and so does what is expected of depths, but for the ends.
    expect(Math.abs(at(0.4, 1) - at(0.6, 1))).toBeLessThan(0.05);
    const stream = randomStream(8);
    const active = (point: readonly number[]): Point => [point[1] === 1 ? point[0] : undefined, point[1]];
    const suggested = Array.from({ length: 40 }, () => suggest({ dimensions, observations, active, stream }));
    expect(suggested.every(([depth, mode]) => (depth === undefined) === (mode === 0))).toBe(true);
    expect(suggested.filter(([, mode]) => mode === 0).length).toBeGreaterThan(30);
  });

  it('refuses a value that is not a number', () => {
    const observations = [{ point: [0, 0, 0, 0], value: Number.NaN }];
    expect(() => suggest({ dimensions: space, observations, stream: randomStream(0) })).toThrow('has the value NaN');
  });
});
