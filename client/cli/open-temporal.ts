import { at, findTemporal } from '../../workers/find-temporal';
import { startDevelopmentServer, type DevelopmentServer } from '../../workers/local-services';
import { registerSearchAttributes } from '../../workers/search-attribute-registration';
import { temporalTarget, type TemporalTarget } from '../../workers/temporal-connection';
import { developmentServerText } from './development-server-text';
import { ladderLines } from './ladder-lines';
import { runsAt, type Project, type Runs } from './project';
import type { Terminal } from './terminal';

/** Connects to the project's Temporal server; starts a development server when there is none. */
export async function openTemporal(
  project: Project,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<{ runs: Runs; server: DevelopmentServer | undefined }> {
  const found = await findTemporal(project.config);
  let server: DevelopmentServer | undefined;
  let target: TemporalTarget;
  if (found === undefined) {
    server = await startDevelopmentServer(project.config, { uiPort: 0, report: ladderLines(terminal.note), signal });
    target = at(temporalTarget(project.config.temporal), server.address);
    terminal.note(`Temporal server: ${server.found ? 'found' : 'started'} at ${developmentServerText(server)}`);
  } else {
    target = found.target;
    terminal.note(
      `Temporal server: ${target.options.address} (${found.by === 'project' ? "this project's development server" : found.by})`,
    );
  }
  try {
    const runs = await runsAt(project, target);
    const registered = await registerSearchAttributes(runs.connection, target.namespace);
    if (registered.length > 0) terminal.note(`search attributes registered: ${registered.join(', ')}`);
    return { runs, server };
  } catch (error) {
    await server?.stop();
    throw error;
  }
}
