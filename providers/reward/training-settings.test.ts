import { mostMembers, trainingSettings } from './training-settings';

/** Two input fields, one output field, embeddings of 384 numbers. */
const dimension = 3_633;
const kinds = (rows: number, size = dimension): string[] => trainingSettings(rows, size).heads.map(({ kind }) => kind);

describe('trainingSettings', () => {
  it('let a hidden layer compete on large data that a version of a run can have, and no sooner', () => {
    expect(kinds(1_000)).toEqual(['linear', 'linear', 'linear', 'mlp']);
    expect(kinds(500)).toEqual(['linear', 'linear', 'linear']);
    // More fields: its members would not fit into the artefact.
    expect(kinds(1_000, 5 * dimension)).not.toContain('mlp');
  });

  it('keep members of every size below 2 MB together', () => {
    for (const size of [50, dimension, 10 * dimension, 40_000]) {
      for (const { hidden } of trainingSettings(1_000, size).heads) {
        expect(4 * mostMembers({ dimension: size }) * size * (3 + hidden)).toBeLessThan(2_000_000);
      }
    }
  });
});
