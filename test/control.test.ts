import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import { suiteEnvironment } from './suite-environment';
import { braked, pausesQuery, resumeSignal } from './fixtures/braked-workflow';
import { until } from './support/until';

jest.setTimeout(120_000);

it('does again what fails after a resume but began before it, and pauses when that fails too', async () => {
  const { address } = suiteEnvironment();
  const taskQueue = `control-${process.pid}`;
  const runs = { first: 0, second: 0 };
  let letGo = (): void => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    taskQueue,
    workflowsPath: join(__dirname, 'fixtures', 'braked-workflow.ts'),
    activities: {
      async first() {
        if (++runs.first === 1) throw ApplicationFailure.nonRetryable('the key is wrong');
      },
      async second() {
        if (++runs.second === 1) await held;
        if (runs.second < 3) throw ApplicationFailure.nonRetryable('the key is wrong');
      },
    },
  });
  const connection = await Connection.connect({ address });
  try {
    await worker.runUntil(async () => {
      const { workflow } = new Client({ connection });
      const handle = await workflow.start(braked, { taskQueue, workflowId: taskQueue });
      await until(async () => (await handle.query(pausesQuery)) === 1);
      await handle.signal(resumeSignal);
      await until(() => runs.first === 2);
      letGo();
      await until(() => runs.second === 2);
      await until(async () => (await handle.query(pausesQuery)) === 2);
      await handle.signal(resumeSignal);
      expect(await handle.result()).toBe(2);
      expect(runs).toEqual({ first: 2, second: 3 });
    });
  } finally {
    await connection.close();
  }
});
