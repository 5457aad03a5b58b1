import { randomStream } from '../random/stream';
import { complementaryPairs, drawMember, paretoFront } from './pareto-front';

const contender = (id: string, scores: Record<string, number>) => ({ id, scores: new Map(Object.entries(scores)) });
const winsOf = (...contenders: ReturnType<typeof contender>[]) =>
  Object.fromEntries(paretoFront(contenders).map(({ id, wins }) => [id, wins]));

describe('paretoFront', () => {
  it('keeps what is best somewhere, with the instances, also where its mean is low', () => {
    expect(
      winsOf(
        contender('even', { a: 0.5, b: 0.5, c: 0.5 }),
        contender('first', { a: 1, b: 0, c: 0 }),
        contender('beaten', { a: 0.4, b: 0.4, c: 0.4 }),
      ),
    ).toEqual({ even: ['b', 'c'], first: ['a'] });
  });

  it('drops what others cover, from the lowest mean on', () => {
    expect(
      winsOf(
        contender('left', { a: 1, b: 0.5, c: 0.5 }),
        contender('right', { a: 0.5, b: 1, c: 0.7 }),
        contender('covered', { a: 1, b: 1, c: -0.5 }),
      ),
    ).toEqual({ left: ['a'], right: ['b', 'c'] });
  });

  it('of equal ones keeps one, and takes sums that differ by rounding for equal', () => {
    expect(Object.keys(winsOf(contender('a', { x: 0.3 }), contender('b', { x: 0.1 + 0.2 })))).toHaveLength(1);
  });

  it('lets a contender compete only where it was measured', () => {
    expect(winsOf(contender('here', { a: 0.1 }), contender('there', { b: 0.9 }))).toEqual({
      here: ['a'],
      there: ['b'],
    });
    expect(paretoFront([contender('nowhere', {})])).toEqual([]);
  });
});

describe('drawMember', () => {
  it('draws in proportion to the instances that a member is best on', () => {
    const front = paretoFront([
      contender('three', { a: 1, b: 1, c: 1, d: 0 }),
      contender('one', { a: 0, b: 0, c: 0, d: 1 }),
    ]);
    const stream = randomStream(5);
    const drawn = Array.from({ length: 2_000 }, () => drawMember(front, stream).id);
    expect(drawn.filter((id) => id === 'three').length / drawn.length).toBeCloseTo(0.75, 1);
    expect(() => drawMember([], stream)).toThrow('no items');
  });
});

describe('complementaryPairs', () => {
  it('counts where each of two is better, and leaves out pairs of which one is nowhere', () => {
    const front = paretoFront([
      contender('left', { a: 1, b: 1, c: 0 }),
      contender('right', { a: 0, b: 0, c: 1 }),
      contender('alone', { z: 1 }),
    ]);
    expect(complementaryPairs(front).map(({ members, better }) => [members.map(({ id }) => id), better])).toEqual([
      [
        ['left', 'right'],
        [2, 1],
      ],
    ]);
  });
});
