const { TestEnvironment } = require('jest-environment-node');

const sharedConstructors = [
  'ArrayBuffer',
  'SharedArrayBuffer',
  'DataView',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
];

/**
 * Node's environment with the host's typed arrays: Jest runs tests in their own realm, and native addons
 * (onnxruntime-node, node:crypto, worker threads) make and recognise the host's only.
 */
module.exports = class HostTypedArraysEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    for (const name of sharedConstructors) this.global[name] = globalThis[name];
    /** Loads a built module outside Jest: for modules whose dependencies are published as ES modules only. */
    this.global.hostImport = (specifier) => import(specifier);
  }
};
