import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { completedRun } from '../test/support/recorded-histories';

const root = path.resolve(__dirname, '..');
const { ensureCompiled } = jest.requireActual<{ ensureCompiled: () => void }>('./compile.js');

describe('the workflow bundle of the build', () => {
  jest.setTimeout(180_000);

  /** Where the compiled `startWorkers` looks for it. */
  const bundle = path.resolve(root, 'dist/workers', '..', 'workflow-bundle.js');

  beforeAll(() => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    ensureCompiled();
  });

  it('runs the workflows: a recorded history replays with it', async () => {
    const history = historyFromJSON(JSON.parse(readFileSync(completedRun, 'utf8')));
    const workflowId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowId;
    const replay = Worker.runReplayHistory({ workflowBundle: { codePath: bundle } }, history, workflowId ?? undefined);
    await expect(replay).resolves.toBeUndefined();
  });

  it('has the same code in whichever folder it is made, and names no folder of this machine', () => {
    // Inside the repository, where packages resolve; ignored by git.
    const folder = mkdtempSync(path.join(root, '.dist-bundled-'));
    try {
      for (const part of ['core', 'workflows']) {
        cpSync(path.join(root, 'dist', part), path.join(folder, part), { recursive: true });
      }
      execFileSync(process.execPath, [path.join(root, 'scripts/bundle-workflows.js'), folder]);
      const parts = (file: string): string[] =>
        readFileSync(file, 'utf8').split('//# sourceMappingURL=data:application/json;charset=utf-8;base64,');
      const [code = '', map = ''] = parts(path.join(folder, 'workflow-bundle.js'));
      expect(code === parts(bundle)[0]).toBe(true);
      expect(code).not.toContain(root);
      expect(Buffer.from(map, 'base64').toString('utf8')).toMatch(/^\{"version":3,/);
      expect(Buffer.from(map, 'base64').toString('utf8')).not.toContain(root);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
