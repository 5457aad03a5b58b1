import type { Candidate } from './candidate';
import { gainsOfConfigurations } from './gains-of-configurations';

type Row = Pick<Candidate, 'origin' | 'configurationHash' | 'scores' | 'alternatives'>;
const base = (configurationHash: string, score: number, alternatives: Record<string, number>): Row => ({
  ...{ origin: 'base', configurationHash, scores: [score], alternatives },
});

describe('gainsOfConfigurations', () => {
  it('takes the mean over all inputs that a configuration was called on', () => {
    const gains = gainsOfConfigurations(
      [
        base('now', 0.5, { x: 0.75 }),
        { origin: 'configuration', configurationHash: 'x', scores: [0.75] },
        { origin: 'sampled', configurationHash: 'now', scores: [1] },
        base('now', 0.25, { x: 0.25, y: 0 }),
      ],
      'now',
    );
    expect(Object.fromEntries(gains)).toEqual({ x: 0.125, y: -0.25 });
  });

  it('leaves out inputs that another incumbent was measured on', () => {
    expect(gainsOfConfigurations([base('before', 0.5, { x: 1 })], 'now').size).toBe(0);
  });

  it('knows nothing of data that say nothing of alternatives', () => {
    expect(gainsOfConfigurations([{ origin: 'base', configurationHash: 'now', scores: [0] }], 'now').size).toBe(0);
  });
});
