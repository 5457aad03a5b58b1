import { homedir } from 'node:os';
import path from 'node:path';

/**
 * Where downloads are kept: `OPTIMAS_CACHE_DIR`, else the platform's usual place for caches (`XDG_CACHE_HOME` or
 * `~/.cache` on Linux, `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on Windows) with `optimas` in it.
 */
export function cacheFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  // An empty variable counts as unset.
  if (environment['OPTIMAS_CACHE_DIR']) return path.resolve(environment['OPTIMAS_CACHE_DIR']);
  if (environment['XDG_CACHE_HOME']) return path.join(path.resolve(environment['XDG_CACHE_HOME']), 'optimas');
  if (platform === 'darwin') return path.join(homedir(), 'Library', 'Caches', 'optimas');
  if (platform === 'win32') {
    return path.join(environment['LOCALAPPDATA'] || path.join(homedir(), 'AppData', 'Local'), 'optimas', 'Cache');
  }
  return path.join(homedir(), '.cache', 'optimas');
}
