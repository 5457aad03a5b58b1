import { resultDocumentSchema } from '../../core/run/result-document';
import type { Stores } from '../../storage';
import { readRunReport } from '../report/run-report';
import { textReport } from '../report/text-report';
import { exitCode, type ExitCode } from './exit-code';
import type { Terminal } from './terminal';
import { writeAtomically } from './write-atomically';

/** Prints the report of a run that has ended, and writes its result document where one is wanted. */
export async function finishRun(
  terminal: Terminal,
  stores: Stores,
  runId: string,
  jsonFile: string | undefined,
): Promise<ExitCode> {
  if ((await stores.runs.get(runId)) === undefined) {
    terminal.print(`run ${runId} ended before its definition was checked: it has no result`);
    return exitCode.cancelled;
  }
  const report = await readRunReport(stores, runId);
  if (report.document === undefined) throw new Error(`run '${runId}' ended without a result`);
  terminal.print(`\n${textReport(report, terminal.width)}`);
  if (jsonFile !== undefined) {
    await writeAtomically(jsonFile, `${JSON.stringify(resultDocumentSchema.parse(report.document), undefined, 2)}\n`);
    terminal.note(`result document written to ${jsonFile}`);
  }
  terminal.print(
    [
      '',
      `Data: ${stores.database.url} (this run: ${runId})`,
      `Next: optimas show ${runId} --markdown     the whole report`,
      `      optimas export ${runId} > tuned.json the configuration for your application`,
      `      optimas export ${runId} --prompts    the prompts as plain text`,
    ].join('\n'),
  );
  return report.document.status === 'cancelled' ? exitCode.cancelled : exitCode.ok;
}
