'use strict';

const { existsSync } = require('node:fs');
const path = require('node:path');

const rootOf = new Map();

/** The nearest folder upwards that holds package.json: the project a linted file belongs to. */
function projectRoot(folder) {
  if (!rootOf.has(folder)) {
    const parent = path.dirname(folder);
    rootOf.set(
      folder,
      existsSync(path.join(folder, 'package.json')) || parent === folder ? folder : projectRoot(parent),
    );
  }
  return rootOf.get(folder);
}

/** Path of an absolute file name inside its project, with forward slashes: `core/system/wiring.ts`. */
function projectPath(root, file) {
  return path.relative(root, file).split(path.sep).join('/');
}

module.exports = { projectRoot, projectPath };
