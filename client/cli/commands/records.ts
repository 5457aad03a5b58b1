import { Option, type Command } from 'commander';
import { resultDocumentSchema } from '../../../core/run/result-document';
import type { Stores } from '../../../storage';
import { exportedConfiguration } from '../../report/exported-configuration';
import { markdownReport } from '../../report/markdown-report';
import { promptTexts } from '../../report/prompt-texts';
import { runTable } from '../../report/run-table';
import { readRunReport, type RunReport } from '../../report/run-report';
import { textReport } from '../../report/text-report';
import { RunNotFound } from '../../run-not-found';
import { command, type SharedOptions } from '../command';
import { existingStores, openProject } from '../project';
import type { Terminal } from '../terminal';
import { UsageError } from '../usage-error';
import { writeAtomically } from '../write-atomically';
import { writeRewards } from '../write-rewards';

interface ShowOptions extends SharedOptions {
  markdown?: boolean;
  json?: boolean;
}

interface ExportOptions extends SharedOptions {
  prompts?: boolean;
  output?: string;
  rewards?: string;
}

/** Commands that read the database only: they need no Temporal server. */
export function recordCommands(terminal: Terminal): Command[] {
  return [listCommand(terminal), showCommand(terminal), exportCommand(terminal)];
}

function listCommand(terminal: Terminal): Command {
  return command('list', 'list the runs, newest first', ['optimas list', 'optimas list --system support-qa'])
    .option('--system <name>', 'only runs of this system')
    .option('--json', 'print them as a JSON array')
    .action((options: SharedOptions & { system?: string; json?: boolean }) =>
      withStores(options, async (stores) => {
        const filter = options.system === undefined ? {} : { system: options.system };
        const records = stores === undefined ? [] : await stores.runs.list(filter);
        const newestFirst = records.sort((a, b) => b.createdAt - a.createdAt);
        if (options.json === true) {
          const rows = newestFirst.map(({ runId, system, seed, status, createdAt }) => ({
            runId,
            system,
            seed,
            status,
            createdAt,
          }));
          terminal.print(JSON.stringify(rows, undefined, 2));
        } else {
          terminal.print(newestFirst.length === 0 ? 'there are no runs yet' : runTable(newestFirst));
        }
      }),
    );
}

function showCommand(terminal: Terminal): Command {
  return command('show', "show a run's report", [
    'optimas show',
    'optimas show RUN --markdown > report.md',
    'optimas show RUN --json',
  ])
    .argument('[run]', 'run id (default: the newest run)')
    .option('--markdown', 'as markdown, with every iteration and the whole configuration')
    .addOption(new Option('--json', 'the result document of a run that has ended').conflicts('markdown'))
    .action((wanted: string | undefined, options: ShowOptions) =>
      withReport(options, wanted, (report) => {
        if (options.json !== true) {
          terminal.print(options.markdown === true ? markdownReport(report) : textReport(report, terminal.width));
          return;
        }
        if (report.document === undefined)
          throw new UsageError(`run '${report.runId}' has not ended: it has no result document yet`);
        terminal.print(JSON.stringify(resultDocumentSchema.parse(report.document), undefined, 2));
      }),
    );
}

function exportCommand(terminal: Terminal): Command {
  return command('export', "print a run's tuned configuration; for a run that goes on, the best so far", [
    'optimas export > tuned.json',
    'optimas export RUN --output tuned.json',
    'optimas export RUN --prompts',
    'optimas export RUN --rewards rewards',
  ])
    .argument('[run]', 'run id (default: the newest run)')
    .option('--prompts', 'the prompts as plain text')
    .option('--output <file>', 'write to this file')
    .addOption(
      new Option(
        '--rewards <folder>',
        'write the local reward functions there, as .onnx files with manifests',
      ).conflicts(['prompts', 'output']),
    )
    .action((wanted: string | undefined, options: ExportOptions) =>
      withReport(options, wanted, async (report, stores) => {
        if (options.rewards !== undefined) {
          const files = await writeRewards(stores, report.runId, options.rewards);
          terminal.print(`${files.join('\n')}\nwritten to ${options.rewards}`);
          return;
        }
        const text =
          options.prompts === true
            ? promptTexts(report.incumbent)
            : JSON.stringify(exportedConfiguration(report), undefined, 2);
        if (options.output === undefined) terminal.print(text);
        else await writeAtomically(options.output, `${text}\n`);
      }),
    );
}

async function withReport(
  options: SharedOptions,
  wanted: string | undefined,
  use: (report: RunReport, stores: Stores) => Promise<void> | void,
): Promise<void> {
  await withStores(options, async (stores) => {
    const newest = (await stores?.runs.list())?.sort((a, b) => b.createdAt - a.createdAt)[0];
    const runId = wanted ?? newest?.runId;
    if (runId === undefined) throw new UsageError("there are no runs yet; 'optimas run' starts one");
    if (stores === undefined) throw new RunNotFound(runId);
    await use(await readRunReport(stores, runId), stores);
  });
}

async function withStores(options: SharedOptions, use: (stores: Stores | undefined) => Promise<void>): Promise<void> {
  const stores = await existingStores(await openProject(options));
  try {
    await use(stores);
  } finally {
    await stores?.database.close();
  }
}
