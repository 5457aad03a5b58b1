/** `at name (place:line:column)` or `at place:line:column`; a place may have brackets of its own. */
const frameForm = /^\s*at (?:.*? \()?((?:file:\/\/)?\/[^:]+|[A-Za-z]:[^:]+):\d+:\d+\)?$/;

/** The file that a line of a stack names. */
export function placeOf(frame: string): string | undefined {
  return frameForm.exec(frame)?.[1];
}

const definitionApi =
  /[\\/](core[\\/]system[\\/](definition-site|component|system)|workers[\\/]config[\\/]define-config)\.(ts|js)$/;

/**
 * The file of the nearest caller outside the definition API, read from the stack.
 * It is where the module graph starts whose hash is a component's version.
 */
export function definitionSite(): string | undefined {
  const frames = (new Error().stack ?? '').split('\n').slice(1);
  for (const frame of frames) {
    const file = placeOf(frame);
    if (file === undefined) continue;
    const path = file.startsWith('file://') ? decodeURIComponent(file.slice('file://'.length)) : file;
    if (definitionApi.test(path)) continue;
    return path;
  }
  return undefined;
}
