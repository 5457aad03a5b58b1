/**
 * What test/global-setup.ts starts once hands itself to the test files by these environment variables:
 * connect with `TestWorkflowEnvironment.createFromExistingServer({ address })` and give workers `workflowBundle: { codePath }`.
 */
export const suiteVariables = {
  address: 'OPTIMAS_TEST_TEMPORAL_ADDRESS',
  workflowBundle: 'OPTIMAS_TEST_WORKFLOW_BUNDLE',
} as const;

function required(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(
      `${name} is not set: run this test in Jest's 'temporal' or 'long' project (its file lies in test/)`,
    );
  return value;
}

export interface SuiteEnvironment {
  /** Host and port of the suite's Temporal server; its namespace is `default`. */
  readonly address: string;
  /** File with the bundled workflow code, made once for the suite. */
  readonly workflowBundle: string;
}

/** The suite's Temporal server and workflow bundle. Throws outside the `temporal` and `long` projects. */
export function suiteEnvironment(): SuiteEnvironment {
  return { address: required(suiteVariables.address), workflowBundle: required(suiteVariables.workflowBundle) };
}
