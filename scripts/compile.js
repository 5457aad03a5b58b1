'use strict';

/**
 * Compiles the sources into dist/ and bundles the workflows there, when they changed since the last time: `npm run build`, and
 * `npx optimas` in a clone.
 * The new dist/ is made aside and swapped in, so that nobody sees half of one and no output of a deleted source stays.
 */

const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const sourceFolders = ['core', 'workflows', 'activities', 'workers', 'client', 'providers', 'storage', 'systems'];
const root = path.resolve(__dirname, '..');
const dist = path.join(root, 'dist');
const bundler = path.join(root, 'scripts/bundle-workflows.js');
const stamp = path.join(dist, '.sources');
const lock = path.join(root, 'node_modules/.optimas-compile-lock');

function filesUnder(folder) {
  const entries = fs.existsSync(folder) ? fs.readdirSync(folder, { withFileTypes: true, recursive: true }) : [];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}

/** Tests, and what only they use. */
const isTest = (file) => file.endsWith('.test.ts') || path.basename(path.dirname(file)) === 'testing';

function sourceFiles() {
  const configuration = ['tsconfig.json', 'tsconfig.build.json', 'package.json'].map((file) => path.join(root, file));
  const entries = fs.readdirSync(root).filter((name) => name.endsWith('.ts'));
  const folders = sourceFolders.flatMap((folder) => filesUnder(path.join(root, folder)));
  return [...configuration, ...entries.map((name) => path.join(root, name)), ...folders]
    .filter((file) => !isTest(file))
    .sort();
}

/** What dist/ is made with: these scripts, and the packages of which the bundle has parts in it. */
function buildFiles() {
  return [__filename, bundler, path.join(root, 'package-lock.json')].filter((file) => fs.existsSync(file));
}

/** Changes when any source, or what builds them, is added, removed or written. */
function fingerprint(files) {
  const hash = createHash('sha256');
  for (const file of [...files, ...buildFiles()]) {
    const { mtimeMs, size } = fs.statSync(file);
    hash.update(`${path.relative(root, file)}\0${mtimeMs}\0${size}\n`);
  }
  return hash.digest('hex');
}

const isFresh = (expected) => fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === expected;

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Runs `action` while no other process of this machine compiles this clone; the lock of a dead process is taken over. */
function exclusively(action) {
  for (;;) {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const owner = fs.existsSync(lock) ? Number(fs.readFileSync(lock, 'utf8')) : 0;
      if (owner > 0 && !isAlive(owner)) fs.rmSync(lock, { force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
  }
  try {
    return action();
  } finally {
    fs.rmSync(lock, { force: true });
  }
}

function copyAssets(files, target) {
  const assets = files.filter((file) => !/\.(ts|md)$/.test(file) && path.dirname(file) !== root);
  for (const asset of assets) {
    const copy = path.join(target, path.relative(root, asset));
    fs.mkdirSync(path.dirname(copy), { recursive: true });
    fs.copyFileSync(asset, copy);
  }
}

function runNode(args, failure) {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${failure}:\n${stdout}${stderr}`);
}

function compile(files, expected) {
  const target = path.join(root, `.dist-${process.pid}`);
  const previous = path.join(root, `.dist-${process.pid}-previous`);
  try {
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
    if (!fs.existsSync(tsc)) throw new Error('the TypeScript compiler is not installed: run `npm ci` first');
    const build = path.join(root, 'tsconfig.build.json');
    runNode([tsc, '-p', build, '--outDir', target], 'the TypeScript sources do not compile');
    runNode([bundler, target], 'the workflows cannot be bundled');
    copyAssets(files, target);
    fs.writeFileSync(path.join(target, '.sources'), expected);
    if (fs.existsSync(dist)) fs.renameSync(dist, previous);
    fs.renameSync(target, dist);
  } finally {
    for (const leftover of [target, previous]) fs.rmSync(leftover, { recursive: true, force: true });
  }
}

/** Brings dist/ up to date; throws an error that shows the compiler's report when the sources do not compile. */
function ensureCompiled() {
  if (isFresh(fingerprint(sourceFiles()))) return;
  exclusively(() => {
    const files = sourceFiles();
    const expected = fingerprint(files);
    if (!isFresh(expected)) compile(files, expected);
  });
}

module.exports = { ensureCompiled };

if (require.main === module) {
  try {
    if (process.argv.includes('--force')) fs.rmSync(stamp, { force: true });
    ensureCompiled();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
