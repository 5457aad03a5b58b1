import { randomStream } from '../random/stream';
import { eachKindInTurn } from './each-kind-in-turn';
import type { Proposal } from './proposal';

const changing = (variable: string, kind: 'model' | 'hyperparameter', value: number): Proposal => ({
  settings: { [variable]: value },
  origin: 'grid',
  changed: [{ variable, kind }],
});

describe('eachKindInTurn', () => {
  const grid = Array.from({ length: 9 }, (_, value) => changing('depth', 'hyperparameter', value));

  it('has a rare kind among the first, whatever the stream', () => {
    for (let seed = 0; seed < 20; seed++) {
      const ordered = eachKindInTurn([...grid, changing('model', 'model', 0)], randomStream(seed));
      expect(
        ordered
          .slice(0, 2)
          .map(({ changed }) => changed[0]?.variable)
          .sort(),
      ).toEqual(['depth', 'model']);
      expect(ordered).toHaveLength(10);
    }
  });

  it('draws another order for another stream', () => {
    const values = (seed: number) => eachKindInTurn(grid, randomStream(seed)).map(({ settings }) => settings['depth']);
    expect(values(1)).not.toEqual(values(2));
    expect(values(1)).toEqual(values(1));
  });
});
