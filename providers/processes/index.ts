export { endWithParent } from './end-with-parent';
export { withFileLock } from './file-lock';
export { FileWriteError } from './file-write-error';
export { choosePort, freePort, portIsFree } from './free-port';
export { ProcessError } from './process-error';
export { processAlive } from './process-alive';
export { findOrStart, forgetServer, type ServerRecord } from './server-record';
export {
  startForeignProgram,
  startOwnProgram,
  type ForeignProgramOptions,
  type OwnProgramOptions,
  type RunningProcess,
} from './start-process';
export {
  servesNamespace,
  dynamicConfigArguments,
  startTemporalServer,
  type TemporalServer,
  type TemporalServerOptions,
} from './temporal-server';
