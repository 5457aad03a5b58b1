import type { DevelopmentServer } from '../../workers/local-services';

/** Where a development server listens, its process, and the step of the ladder that its program was found or made by. */
export function developmentServerText({ address, pid, found, step, uiUrl }: DevelopmentServer): string {
  // One that another process started may come from anywhere.
  const origin = found ? 'running already' : step;
  return `${address} (pid ${pid}, ${origin}${uiUrl === undefined ? '' : `, web interface ${uiUrl}`})`;
}
