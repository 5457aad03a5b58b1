import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
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

  it.each([
    ['COMPLETED', 'choose another run id (it has ended, and its records stay)'],
    ['RUNNING', 'choose another run id (resume it, if it is open)'],
  ])('refuses the id of a run that is %s', async (name, advice) => {
    const policies: unknown[] = [];
    const temporal = {
      workflow: {
        start: async (_workflow: string, options: { workflowIdReusePolicy?: string }): Promise<never> => {
          policies.push(options.workflowIdReusePolicy);
          throw new WorkflowExecutionAlreadyStartedError('started', 'taken', 'optimization');
        },
        getHandle: () => ({ describe: async () => ({ status: { name } }) }),
      },
    };
    const client = new OptimasClient(temporal as unknown as Client, {} as never, 'queue');
    await expect(client.start({ system: 'qa', runId: 'taken' })).rejects.toThrow(
      `run 'taken' exists already: ${advice}`,
    );
    expect(policies).toEqual(['REJECT_DUPLICATE']);
  });
});
