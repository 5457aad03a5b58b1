import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker } from '@temporalio/worker';
import { completedRun, historiesFolder } from './support/recorded-histories';
import { suiteEnvironment } from './suite-environment';

jest.setTimeout(180_000);

/** Histories of whole runs, exported by `npm run export:histories`: workflow code must still agree with them. */
describe('recorded histories', () => {
  const replay = async (file: string, bundlePath: string): Promise<void> => {
    const history = historyFromJSON(JSON.parse(await readFile(join(historiesFolder, file), 'utf8')));
    await Worker.runReplayHistory({ workflowBundle: { codePath: bundlePath } }, history, workflowIdOf(history));
  };

  it('replay with the present workflow code', async () => {
    const files = (await readdir(historiesFolder)).filter((name) => name.endsWith('.json'));
    expect(files.length).toBeGreaterThanOrEqual(3);
    for (const file of files) await replay(file, suiteEnvironment().workflowBundle);
  });

  it('fail to replay with workflow code that does something else', async () => {
    const { bundleWorkflowCode } = await import('@temporalio/worker');
    const { code } = await bundleWorkflowCode({
      workflowsPath: join(__dirname, 'fixtures', 'other-workflows.ts'),
      logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} },
    });
    const history = historyFromJSON(JSON.parse(await readFile(completedRun, 'utf8')));
    await expect(Worker.runReplayHistory({ workflowBundle: { code } }, history, workflowIdOf(history))).rejects.toThrow(
      DeterminismViolationError,
    );
  });
});

/** Children are named after their parent: a replay under another id would differ. */
function workflowIdOf(history: ReturnType<typeof historyFromJSON>): string {
  const id = history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  if (!id) throw new Error('the history does not name its workflow');
  return id;
}
