import { activitySummary } from './activity-summary';

const hash = 'abcdef0123456789';

describe('activitySummary', () => {
  it('tells the parts of a fan-out apart, counting from 1', () => {
    const range = { split: 'validation', purpose: 'validation', iteration: 2, count: 24 } as const;
    const of = (from: number, to: number): string =>
      activitySummary('evaluate', { runId: 'r', limits: {}, configurationHash: hash, range: { ...range, from, to } });
    expect(of(0, 8)).toBe('validation, validation 1-8 of 24, configuration abcdef01');
    expect(of(8, 16)).toBe('validation, validation 9-16 of 24, configuration abcdef01');
  });

  it('names the component', () => {
    const step = { runId: 'r', component: 'answerer', iteration: 0, configurationHash: hash, limits: {} };
    expect(activitySummary('fitReward', step)).toBe('answerer');
    const part = { limits: {}, count: 12, from: 4, to: 8 };
    expect(activitySummary('collectCandidates', { ...step, ...part })).toBe('answerer, inputs 5-8 of 12');
    const ranking = { ...step, limits: {}, count: 12, blobs: [hash], hashes: [hash, '9876543210'], inputs: 12 };
    expect(activitySummary('scoreProposals', { ...ranking, judge: 'reward' })).toBe(
      'answerer, 2 proposals on 12 inputs, judge reward: abcdef01, 98765432',
    );
    expect(activitySummary('scoreProposals', { ...ranking, inputs: 24, judge: 'metric' })).toBe(
      'answerer, 2 proposals on 24 inputs, judge metric: abcdef01, 98765432',
    );
  });

  it('stays within what Temporal keeps', () => {
    const step = { runId: 'r', component: '長'.repeat(500), iteration: 0, configurationHash: hash, limits: {} };
    expect(Buffer.byteLength(activitySummary('fitReward', step))).toBeLessThanOrEqual(400);
  });
});
