#!/usr/bin/env node
'use strict';

const { existsSync } = require('node:fs');
const path = require('node:path');

// A clone has sources and the compiler, an installed package only dist/.
const compiler = path.join(__dirname, '../scripts/compile.js');
try {
  if (existsSync(compiler)) require(compiler).ensureCompiled();
} catch (error) {
  console.error(`optimas: ${error.message}`);
  process.exit(1);
}

require('../dist/client/cli/main.js');
