'use strict';

/**
 * In CI a test that fails is tried once more: hundreds of tests wait for real servers and killed processes there, and a
 * machine that stands still for a second fails one of them. `summary-reporter.js` names each test that needed it. Tests that
 * kill the processes of whole runs take that back: what they prove must hold each time.
 */
if (process.env.OPTIMAS_TEST_RETRIES) {
  jest.retryTimes(Number(process.env.OPTIMAS_TEST_RETRIES), { logErrorsBeforeRetry: true });
}
