import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { suiteEnvironment } from './suite-environment';
import { until } from './support/until';

it('the suite has a Temporal server, and a workflow bundle that a worker accepts', async () => {
  const { address, workflowBundle } = suiteEnvironment();
  const environment = await TestWorkflowEnvironment.createFromExistingServer({ address });
  try {
    const worker = await Worker.create({
      connection: environment.nativeConnection,
      taskQueue: 'suite-environment',
      workflowBundle: { codePath: workflowBundle },
    });
    await worker.runUntil(async () => {
      let pollers = 0;
      // The server lists a poller a moment after its first poll.
      await until(async () => {
        const queue = await environment.client.workflowService.describeTaskQueue({
          namespace: 'default',
          taskQueue: { name: 'suite-environment' },
        });
        pollers = queue.pollers.length;
        return pollers > 0;
      });
      expect(pollers).toBe(1);
    });
  } finally {
    await environment.teardown();
  }
});
