import type { Client } from '@temporalio/client';
import { defaultPlan } from '../core/run/plan';
import type { OptimizationInput } from '../workflows/run-input';
import { OptimasClient, type StartOptions } from './optimas-client';

/** The input that a run is started with. */
async function startedWith(options: StartOptions): Promise<OptimizationInput> {
  const inputs: OptimizationInput[] = [];
  const start = async (_workflow: string, { args }: { args: [OptimizationInput] }): Promise<void> => {
    inputs.push(args[0]);
  };
  const config = { optimization: { iterations: 20, proposals: 5 }, budget: { calls: 100, usd: 2 } };
  const client = new OptimasClient({ workflow: { start } } as unknown as Client, {} as never, 'queue', config);
  await client.start(options);
  return inputs[0] as OptimizationInput;
}

describe('OptimasClient.start', () => {
  it("has the config's plan and limits", async () => {
    expect(await startedWith({ system: 'qa' })).toMatchObject({
      plan: { ...defaultPlan, iterations: 20, proposals: 5 },
      budget: { calls: 100, usd: 2 },
    });
  });

  it('lets a run say otherwise', async () => {
    const input = await startedWith({ system: 'qa', plan: { iterations: 1 }, budget: { calls: 7 } });
    expect(input.plan).toEqual({ ...defaultPlan, iterations: 1, proposals: 5 });
    expect(input.budget).toEqual({ calls: 7, usd: 2 });
  });

  it('refuses a plan that cannot be', async () => {
    await expect(startedWith({ system: 'qa', plan: { iterations: 2.5 } })).rejects.toThrow('plan.iterations');
    await expect(startedWith({ system: 'qa', budget: { calls: -1 } })).rejects.toThrow('budget.calls');
  });
});
