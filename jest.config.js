'use strict';

const { existsSync } = require('node:fs');
const path = require('node:path');
const swcOptions = require('./scripts/swc-options');

// Tests on real data find it beside the repository; where it is absent they use what the repository generates.
const sharedData = path.join(__dirname, '../shared/data');
if (!process.env.OPTIMAS_DATA_DIR && existsSync(sharedData)) process.env.OPTIMAS_DATA_DIR = sharedData;

/** @type {import('jest').Config} */
const project = {
  rootDir: __dirname,
  testEnvironment: '<rootDir>/test/jest-environment.js',
  setupFilesAfterEnv: ['<rootDir>/test/retries.js'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', swcOptions],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/\\.dist-'],
};

/** Against one Temporal server and one workflow bundle for all test files of a command. */
const onTemporal = {
  ...project,
  globalSetup: '<rootDir>/test/global-setup.ts',
  setupFiles: ['<rootDir>/test/quiet-runtime.ts'],
  globalTeardown: '<rootDir>/test/global-teardown.ts',
};
const long = '<rootDir>/test/long/';

/** @type {import('jest').Config} */
module.exports = {
  // One more than the cores of the smallest machine: some of the time tests wait for time-outs and processes.
  maxWorkers: 3,
  reporters: ['default', '<rootDir>/test/summary-reporter.js'],
  projects: [
    // Beside their files: no server, so that a change of core is tested at once.
    { ...project, displayName: 'unit', testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/'] },
    {
      ...onTemporal,
      displayName: 'temporal',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', long],
    },
    // Processes killed or cut off again and again, several workers, limits in real time, clocks that jump, the installed package.
    { ...onTemporal, displayName: 'long', testMatch: ['<rootDir>/test/long/*.test.ts'] },
  ],
};
