import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { dynamicConfigArguments } from '../providers/processes';
import { developmentServerSettings } from '../workers/development-server-settings';
import { searchAttributes } from '../workflows/search-attributes';
import { suiteVariables } from './suite-environment';
import { temporalExecutable } from './temporal-executable';

declare global {
  var optimasSuite: { environment: TestWorkflowEnvironment; folder: string } | undefined;
}

/** One server and one bundle for all test files of the `temporal` and `long` projects: each costs seconds to make. */
export default async function globalSetup(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'optimas-test-'));
  const executable = await temporalExecutable();
  const [environment, { code }] = await Promise.all([
    TestWorkflowEnvironment.createLocal({
      server: {
        executable: { type: 'existing-path', path: executable },
        searchAttributes: Object.values(searchAttributes),
        log: { format: 'pretty', level: 'error' },
        extraArgs: dynamicConfigArguments(developmentServerSettings),
      },
    }),
    bundleWorkflowCode({
      workflowsPath: path.resolve(__dirname, '../workflows/index.ts'),
      logger: new DefaultLogger('ERROR'),
    }),
  ]);
  const bundle = path.join(folder, 'workflow-bundle.js');
  writeFileSync(bundle, code);
  process.env[suiteVariables.address] = environment.address;
  process.env[suiteVariables.workflowBundle] = bundle;
  globalThis.optimasSuite = { environment, folder };
}
