import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { suiteEnvironment } from './suite-environment';

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
      const queue = await environment.client.workflowService.describeTaskQueue({
        namespace: 'default',
        taskQueue: { name: 'suite-environment' },
      });
      expect(queue.pollers).toHaveLength(1);
    });
  } finally {
    await environment.teardown();
  }
});
