import CliTable from 'cli-table3';
import { countText, countedText, moneyText } from './figures';
import {
  certificateLines,
  certificateTable,
  changeTable,
  costLines,
  gainSentence,
  localToGlobalLines,
  rewardTable,
  scoreTable,
  uncertifiedLines,
  type Table,
} from './report-sections';
import { decisionText } from './decision-text';
import type { RunReport } from './run-report';
import { statusText } from './run-table';

/** A run's report for a terminal, `width` characters wide. */
export function textReport(report: RunReport, width = 100): string {
  const { document } = report;
  const head = `Run ${report.runId}: system ${report.system}, seed ${report.seed}, ${statusText(report.status)}`;
  if (document === undefined) {
    const { calls, tokens, usd } = report.spent;
    return [
      head,
      '',
      ...changes(report, width, 'Changed so far'),
      ...decisions(report),
      ...rewards(report, width),
      'Spent so far',
      `  ${countedText(calls, 'model call')}, ${countText(tokens)} tokens, ${moneyText(usd)}`,
    ].join('\n');
  }
  return [
    `${head} (${document.reason})`,
    '',
    gainSentence(document),
    '',
    drawn(scoreTable(document), width),
    '',
    ...changes(report, width, 'What changed'),
    ...decisions(report),
    ...rewards(report, width),
    ...localToGlobalLines(document).flatMap((line) => [line, '']),
    ...certificate(document, width),
    ...uncertifiedLines(document).flatMap((line) => [...wrapped(line, width), '']),
    'Cost',
    ...costLines(document).map((line) => `  ${line}`),
  ].join('\n');
}

function changes(report: RunReport, width: number, title: string): string[] {
  const table = changeTable(report);
  return table.rows.length === 0 ? [`${title}: nothing`, ''] : [title, drawn(table, width), ''];
}

function decisions({ iterations }: RunReport): string[] {
  return iterations.length === 0 ? [] : ['Decisions', ...iterations.map((item) => `  ${decisionText(item)}`), ''];
}

function rewards(report: RunReport, width: number): string[] {
  const table = rewardTable(report);
  return table.rows.length === 0 ? [] : ['Local reward functions', drawn(table, width), ''];
}

function certificate(document: NonNullable<RunReport['document']>, width: number): string[] {
  const lines = certificateLines(document);
  if (lines.length === 0) return [];
  return ['Component-wise maximum', drawn(certificateTable(document), width), ...wrapped(lines.join(' '), width), ''];
}

/** Lines of whole words, as wide as `width` allows. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

/** A table with lines; long cells are wrapped so that it fits the width. */
function drawn({ head, rows }: Table, width: number): string {
  const longest = head.map((name, column) =>
    Math.max(...[name, ...rows.map((row) => row[column] ?? '')].map((cell) => cell.length)),
  );
  const table = new CliTable({
    head,
    colWidths: columnWidths(longest, width),
    wordWrap: true,
    style: { head: [], border: [] },
  });
  table.push(...rows);
  return table.toString();
}

/** Widths with padding: what fits keeps its width, the rest is shared among the columns that do not fit. */
export function columnWidths(longest: readonly number[], width: number): number[] {
  const available = width - longest.length - 1;
  const wanted = longest.map((characters) => characters + 2);
  const widths = [...wanted];
  for (;;) {
    const excess = widths.reduce((sum, item) => sum + item, 0) - available;
    const widest = Math.max(...widths);
    if (excess <= 0 || widest <= 12) return widths;
    const at = widths.indexOf(widest);
    const second = Math.max(12, ...widths.filter((_, index) => index !== at && widths[index] !== widest));
    widths[at] = widest - Math.max(1, Math.min(excess, widest - second));
  }
}
