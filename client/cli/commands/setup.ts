import type { Command } from 'commander';
import {
  cacheFolder,
  climb,
  dataFolder,
  dataSetLadder,
  dataSets,
  temporalLadder,
  type DataSetName,
} from '../../../providers/ladders';
import { findTemporal } from '../../../workers/find-temporal';
import { findLocalParts } from '../../../workers/local-parts';
import { registerSearchAttributes } from '../../../workers/search-attribute-registration';
import { connectClient } from '../../../workers/temporal-connection';
import { command, type SharedOptions } from '../command';
import { ladderLines } from '../ladder-lines';
import { namesAmong } from '../option-parsers';
import { openProject } from '../project';
import type { Terminal } from '../terminal';

const dataSetNames = Object.keys(dataSets) as DataSetName[];

export function setupCommand(terminal: Terminal): Command {
  return command('setup', 'find or fetch the Temporal server, the models and the encoder; register search attributes', [
    'optimas setup',
    'OPTIMAS_CACHE_DIR=/srv/cache optimas setup',
    'optimas setup --data hotpotqa,pubmedqa',
  ])
    .option(
      '--data <names>',
      `only fetch these data sets of the benchmark systems, into OPTIMAS_DATA_DIR or the cache: ${dataSetNames.join(', ')}`,
      namesAmong(dataSetNames),
    )
    .action((options: SharedOptions & { data?: DataSetName[] }) =>
      options.data === undefined ? setUp(options, terminal) : setUpData(options.data, terminal),
    );
}

/** Opens no project: the config of a benchmark system asks for its data as it is loaded. */
async function setUpData(names: readonly DataSetName[], terminal: Terminal): Promise<void> {
  const report = ladderLines(terminal.note);
  for (const name of names) {
    const { value: folder, step } = await climb(dataSetLadder(dataFolder(), dataSets[name]), report);
    terminal.print(`${dataSets[name].title} data: ${folder} (${step})`);
  }
}

async function setUp(options: SharedOptions, terminal: Terminal): Promise<void> {
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
}
