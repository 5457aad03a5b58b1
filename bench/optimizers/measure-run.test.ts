import { benchPlan, finalCalls, measureRun } from './measure-run';

const plan = { ...benchPlan, iterations: 3, preferenceInputs: 6 };

describe('measureRun', () => {
  it('optimizes a system with and without rewards, the same way each time', async () => {
    const ours = await measureRun('fork', 0, 'ours', { plan });
    const { seconds: _, ...again } = await measureRun('fork', 0, 'ours', { plan });
    expect(ours).toMatchObject(again);
    const without = await measureRun('fork', 0, 'no-lrf', { plan });
    for (const run of [ours, without]) {
      const costs = run.curve.map(([cost]) => cost);
      expect(costs).toEqual(costs.toSorted((a, b) => a - b));
      expect(run.accepted).toBeGreaterThan(0);
      expect(run.certificate?.right).toBe(true);
    }
    expect(ours.costs['preference data']).toBeGreaterThan(0);
    expect(without.costs['preference data']).toBeUndefined();
  });

  it('searches at random for as many calls as it may make, and asks how many', async () => {
    const calls = finalCalls(await measureRun('fork', 0, 'no-lrf', { plan }));
    const random = await measureRun('fork', 0, 'random', { calls, plan });
    expect(finalCalls(random)).toBeGreaterThanOrEqual(calls);
    // The last configuration is measured whole: by four components on the validation examples.
    expect(finalCalls(random)).toBeLessThan(calls + 4 * plan.validationExamples);
    await expect(measureRun('fork', 0, 'random')).rejects.toThrow("measure 'ours' first");
  });
});
