'use strict';

const { writeFileSync } = require('node:fs');

const leakGraceMs = 30_000;

/**
 * Prints `N passed, N failed` as the last line of a test run, and writes it to $OPTIMAS_TEST_SUMMARY.
 * A test that passed only when tried again (`retries.js`) is named. A file that could not be run is one failure. So is a process that does not end by itself: something was left open.
 */
module.exports = class SummaryReporter {
  passed = 0;
  failed = 0;
  error = undefined;

  onRunComplete(_contexts, results) {
    this.passed = results.numPassedTests;
    this.failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const tests = results.testResults.flatMap(({ testResults }) => testResults);
    for (const { status, invocations, fullName } of tests) {
      if (status === 'passed' && invocations > 1) process.stdout.write(`passed when tried again: ${fullName}\n`);
    }
    if (results.numTotalTests === 0 && this.failed === 0) this.failed = 1;
    process.on('exit', (code) => {
      if (code !== 0 && this.failed === 0) this.failed = 1;
      const summary = `${this.passed} passed, ${this.failed} failed`;
      if (process.env.OPTIMAS_TEST_SUMMARY) writeFileSync(process.env.OPTIMAS_TEST_SUMMARY, `${summary}\n`);
      process.stdout.write(`${summary}\n`);
    });
    // Unreferenced: it fires only when something else keeps the process alive.
    setTimeout(() => {
      this.failed += 1;
      console.error(
        `still open ${leakGraceMs / 1000} s after the tests: ${process.getActiveResourcesInfo().join(', ')}`,
      );
      process.exit(1);
    }, leakGraceMs).unref();
  }
};
