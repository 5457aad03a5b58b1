import type { Command } from 'commander';
import { cacheFolder, climb, temporalLadder } from '../../../providers/ladders';
import { findTemporal } from '../../../workers/find-temporal';
import { findLocalParts } from '../../../workers/local-parts';
import { registerSearchAttributes } from '../../../workers/search-attribute-registration';
import { connectClient } from '../../../workers/temporal-connection';
import { command, type SharedOptions } from '../command';
import { ladderLines } from '../ladder-lines';
import { openProject } from '../project';
import type { Terminal } from '../terminal';

export function setupCommand(terminal: Terminal): Command {
  return command('setup', 'find or fetch the Temporal server, the models and the encoder; register search attributes', [
    'optimas setup',
    'OPTIMAS_CACHE_DIR=/srv/cache optimas setup',
  ]).action(async (options: SharedOptions) => {
    const { config } = await openProject(options);
    const report = ladderLines(terminal.note);
    const found = await findTemporal(config);
    if (found === undefined) {
      const { value, step } = await climb(temporalLadder(cacheFolder()), report);
      terminal.print(`Temporal server: ${'binary' in value ? value.binary : value.address} (${step})`);
    } else {
      const { target } = found;
      terminal.print(`Temporal server: ${target.options.address} (${found.by})`);
      const connection = await connectClient(target);
      try {
        const registered = await registerSearchAttributes(connection, target.namespace);
        terminal.print(
          `search attributes: ${registered.length === 0 ? 'registered already' : `registered ${registered.join(', ')}`}`,
        );
      } finally {
        await connection.close();
      }
    }
    const parts = await findLocalParts(config, { report, say: terminal.print });
    await parts.close();
    terminal.print(`downloads are kept in ${cacheFolder()}`);
  });
}
