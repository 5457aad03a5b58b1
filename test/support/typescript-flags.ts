import { join } from 'node:path';

/** The options with which `node` runs a TypeScript file. */
export const typescriptFlags = ['--require', join(__dirname, '../../scripts/typescript.js')];
