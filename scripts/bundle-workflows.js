'use strict';

/**
 * Bundles the compiled workflows of a dist folder into its `workflow-bundle.js`, so that workers need not when they start.
 * Neither the code nor its source map names a folder of this machine, and the code is the same in whichever folder it is made.
 * Usage: node scripts/bundle-workflows.js DIST
 */

const fs = require('node:fs');
const path = require('node:path');
const { bundleWorkflowCode } = require('@temporalio/worker');

const errorsOnly = { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error };

async function main(dist) {
  const { code } = await bundleWorkflowCode({
    workflowsPath: path.join(dist, 'workflows', 'index.js'),
    logger: errorsOnly,
    webpackConfigHook: (config) => ({
      ...config,
      context: dist,
      // Workers refuse a bundle without a source map.
      devtool: 'inline-nosources-source-map',
      // Relative to the folder, but for modules that are left out: their ids hold whole paths.
      output: {
        ...config.output,
        devtoolModuleFilenameTemplate: ({ resourcePath }) => resourcePath.replaceAll(path.dirname(dist), '..'),
      },
    }),
  });
  fs.writeFileSync(path.join(dist, 'workflow-bundle.js'), code);
}

main(path.resolve(process.argv[2])).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
