import type { Candidate, CandidateOrigin } from './candidate';
import { gainsOfConfigurations } from './gains-of-configurations';

const candidate = (
  exampleId: string,
  origin: CandidateOrigin,
  configurationHash: string,
  score: number,
): Candidate => ({
  component: 'writer',
  exampleId,
  inputs: {},
  outputs: {},
  origin,
  configurationHash,
  iteration: 0,
  scores: [score],
});

describe('gainsOfConfigurations', () => {
  it('takes the mean over inputs of what other configurations gained on them', () => {
    const gains = gainsOfConfigurations(
      [
        candidate('a', 'base', 'now', 0.5),
        candidate('a', 'configuration', 'x', 0.75),
        candidate('a', 'sampled', 'now', 1),
        candidate('b', 'base', 'now', 0.25),
        candidate('b', 'configuration', 'x', 0.25),
        candidate('b', 'configuration', 'y', 0),
      ],
      'now',
    );
    expect(Object.fromEntries(gains)).toEqual({ x: 0.125, y: -0.25 });
  });

  it('leaves out inputs that another incumbent was measured on', () => {
    const before = [candidate('a', 'base', 'before', 0.5), candidate('a', 'configuration', 'x', 1)];
    expect(gainsOfConfigurations(before, 'now').size).toBe(0);
  });
});
