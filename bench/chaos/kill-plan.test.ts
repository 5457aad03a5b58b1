import { planKills, targets } from './kill-plan';

const options = { seed: 1, run: 0, kills: 400, workers: 3, database: true };

describe('planKills', () => {
  it('depends on seed and run alone, and hits every target at every part of a run', () => {
    const kills = planKills(options);
    expect(planKills(options)).toEqual(kills);
    expect(planKills({ ...options, run: 1 })).not.toEqual(kills);
    expect(planKills({ ...options, seed: 2 })).not.toEqual(kills);
    expect(new Set(kills.map(({ target }) => target))).toEqual(new Set(targets));
    expect(new Set(kills.map(({ worker }) => worker))).toEqual(new Set([0, 1, 2]));
    const shares = kills.flatMap(({ share }) => (share === null ? [] : [share]));
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares[0]).toBeLessThan(0.05);
    expect(shares.at(-1)).toBeGreaterThan(0.95);
    expect(kills.length - shares.length).toBeGreaterThan(90);
  });

  it('never hits a database server where there is none', () => {
    expect(planKills({ ...options, database: false }).map(({ target }) => target)).not.toContain('database');
  });
});
