/**
 * The file of the nearest caller outside the definition API, read from the stack.
 * It is where the module graph starts whose hash is a component's version.
 */
export function definitionSite(): string | undefined {
  const frames = (new Error().stack ?? '').split('\n').slice(1);
  for (const frame of frames) {
    const file = /\(?((?:file:\/\/)?\/[^():]+|[A-Za-z]:[^():]+):\d+:\d+\)?$/.exec(frame.trim())?.[1];
    if (file === undefined) continue;
    const path = file.startsWith('file://') ? decodeURIComponent(file.slice('file://'.length)) : file;
    if (/[\\/]core[\\/]system[\\/](definition-site|component|system)\.(ts|js)$/.test(path)) continue;
    return path;
  }
  return undefined;
}
