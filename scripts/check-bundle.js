'use strict';

/**
 * Bundles the workflow code as a worker does and checks what came in: nothing but the workflows, pure core modules and
 * Temporal's own packages; small (each cached workflow keeps a copy of its module state); and the same bytes every time,
 * because the hash is the worker's build id.
 * Usage: node scripts/check-bundle.js [workflows/index.ts]
 */

const { createHash } = require('node:crypto');
const path = require('node:path');
const { bundleWorkflowCode } = require('@temporalio/worker');

const root = path.resolve(__dirname, '..');
const allowedPackages = ['@temporalio/common', '@temporalio/workflow', 'long', 'ms', 'nexus-rpc', 'webpack'];
const allowedFolders = ['workflows', 'core'];
/** Bytes of code without its source map. Temporal's part alone is about 520,000. */
const maximumBytes = 720_000;

const errorsOnly = { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error };

async function bundle(workflowsPath) {
  const modules = new Set();
  const collect = (compiler) =>
    compiler.hooks.done.tap('check-bundle', ({ compilation }) => {
      for (const module of compilation.modules) {
        const file = module.nameForCondition?.();
        if (file) modules.add(file);
      }
    });
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    logger: errorsOnly,
    webpackConfigHook: (config) => ({ ...config, plugins: [...(config.plugins ?? []), { apply: collect }] }),
  });
  return {
    modules: [...modules],
    hash: createHash('sha256').update(code).digest('hex'),
    bytes: Buffer.byteLength(code.split('\n//# sourceMappingURL=')[0]),
  };
}

function packageOf(file) {
  const [, inside] = file.split(/.*[\\/]node_modules[\\/]/);
  return inside?.match(/^(@[^\\/]+[\\/])?[^\\/]+/)[0].replaceAll('\\', '/');
}

function isAllowed(file, workflowsPath) {
  const name = packageOf(file);
  if (name) return allowedPackages.includes(name);
  const folder = path.relative(root, file).split(path.sep)[0];
  return allowedFolders.includes(folder) || path.dirname(file).startsWith(path.dirname(workflowsPath));
}

/** Returns what is wrong with the bundle of `workflowsPath`, one line each, and the bundle's size and hash. */
async function checkBundle(workflowsPath) {
  const first = await bundle(workflowsPath);
  const foreign = first.modules.filter((file) => !isAllowed(file, workflowsPath));
  const names = [...new Set(foreign.map((file) => packageOf(file) ?? path.relative(root, file)))];
  const problems = names.map(
    (name) => `the workflow bundle contains ${name}: import its types only, or use it in an activity`,
  );
  if (first.bytes > maximumBytes)
    problems.push(`the workflow bundle has ${first.bytes} bytes, more than ${maximumBytes}`);
  if (problems.length === 0 && first.hash !== (await bundle(workflowsPath)).hash) {
    problems.push('two bundles of the same sources differ');
  }
  return { problems, bytes: first.bytes, modules: first.modules.length, hash: first.hash };
}

async function main() {
  const workflowsPath = path.resolve(root, process.argv[2] ?? 'workflows/index.ts');
  const { problems, bytes, modules, hash } = await checkBundle(workflowsPath);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  console.log(`workflow bundle: ${modules} modules, ${bytes} of at most ${maximumBytes} bytes, ${hash.slice(0, 12)}`);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
