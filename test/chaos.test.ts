import { chaos } from '../bench/chaos/chaos';
import { suiteEnvironment } from './suite-environment';
import { smallPlan, tinyPlan } from './support/test-run';

jest.setTimeout(400_000);
jest.retryTimes(0);

/** The short version of `npm run chaos`: the same program on a small run. */
it('10 random kills of workers and server lose, double and change nothing', async () => {
  const lines: string[] = [];
  const report = await chaos(
    {
      kills: 10,
      seed: 1,
      database: 'file',
      workers: 2,
      runs: 1,
      plan: { ...smallPlan, ...tinyPlan, iterations: 2 },
      bundlePath: suiteEnvironment().workflowBundle,
      say: (line) => lines.push(line),
    },
    AbortSignal.timeout(380_000),
  );
  expect(report.violations).toEqual([]);
  expect(Object.values(report.kills).reduce((sum, count) => sum + count, 0)).toBe(10);
  expect(report).toMatchObject({ lost: 0, doubled: 0 });
  expect(report.compared).toBeGreaterThan(10);
  expect(report.paidTwice).toBeLessThanOrEqual(report.inFlight);
  expect(lines.filter((line) => line.startsWith('kill'))).toHaveLength(10);
});
