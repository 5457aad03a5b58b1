import { localToGlobal } from './local-to-global';

describe('localToGlobal', () => {
  it('counts candidates that were expected to gain and did not', () => {
    const found = localToGlobal([
      { predicted: 0.2, realised: 0.1 },
      { predicted: 0.1, realised: 0 },
      { predicted: 0.3, realised: -0.2 },
      { predicted: 0.1, realised: 0.1 },
      { predicted: -0.1, realised: -0.3 },
      { predicted: 0, realised: -0.3 },
    ]);
    expect(found).toMatchObject({ candidates: 4, failed: 2, failureRate: { value: 0.5 } });
    expect(found.meanExcess).toBeCloseTo((0.1 + 0.1 + 0.5 + 0) / 4);
    expect(found.failureRate?.ci95[0]).toBeGreaterThan(0.1);
    expect(found.failureRate?.ci95[1]).toBeLessThan(0.9);
  });

  it('claims no rate where nothing was expected to gain', () => {
    expect(localToGlobal([{ predicted: -1, realised: -1 }])).toEqual({
      candidates: 0,
      failed: 0,
      failureRate: null,
      meanExcess: null,
    });
  });
});
