import { countText, countedText, durationText, moneyText, timeText } from './figures';
import {
  certificateLines,
  certificateTable,
  changeTable,
  costLines,
  gainSentence,
  iterationTable,
  localToGlobalLines,
  rewardTable,
  scoreTable,
  uncertifiedLines,
  type Table,
} from './report-sections';
import type { RunReport } from './run-report';
import { statusText } from './run-table';

/** A run's report as GitHub-flavoured markdown. */
export function markdownReport(report: RunReport): string {
  const { document } = report;
  const { calls, tokens, usd } = report.spent;
  const outcome =
    document === undefined
      ? ['The run has not ended.']
      : [
          `${document.reason}.`.replace(/^./, (first) => first.toUpperCase()),
          '',
          gainSentence(document),
          '',
          drawn(scoreTable(document)),
        ];
  const changes = changeTable(report);
  const rewards = rewardTable(report);
  const iterations = iterationTable(report);
  return [
    `# Optimas run ${code(report.runId)}`,
    '',
    `System ${code(report.system)}, seed ${report.seed}, ${statusText(report.status)}, started ${timeText(report.createdAt)}` +
      `${document === undefined ? '' : `, ran for ${durationText(document.cost.wallClockMs)}`}.`,
    '',
    ...outcome,
    '',
    '## What changed',
    '',
    changes.rows.length === 0 ? 'Nothing.' : drawn(changes),
    '',
    ...(iterations.rows.length === 0 ? [] : ['## Iterations', '', drawn(iterations), '']),
    ...(rewards.rows.length === 0 ? [] : ['## Local reward functions', '', drawn(rewards), '']),
    ...(document === undefined ? [] : localToGlobalLines(document).flatMap((line) => [`${line}.`, ''])),
    ...certificate(document),
    ...(document === undefined ? [] : uncertifiedLines(document).flatMap((line) => [`${line}.`, ''])),
    '## Cost',
    '',
    ...(document === undefined
      ? [`- ${countedText(calls, 'model call')}, ${countText(tokens)} tokens, ${moneyText(usd)} so far`]
      : costLines(document).map((line) => `- ${line}`)),
    '',
    '## Configuration',
    '',
    fenced(JSON.stringify(report.incumbent, undefined, 2)),
    '',
  ].join('\n');
}

function certificate(document: RunReport['document']): string[] {
  const lines = document === undefined ? [] : certificateLines(document);
  if (document === undefined || lines.length === 0) return [];
  return ['## Component-wise maximum', '', drawn(certificateTable(document)), '', lines.join(' '), ''];
}

function drawn({ head, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${head.map(() => ' --- |').join('')}`, ...rows.map(line)].join('\n');
}

/** Model texts may hold anything: what would be read as markup or end the cell is escaped. */
function cell(text: string): string {
  return text.replaceAll(/[\\|<>*_`[\]]/g, (character) => `\\${character}`).replaceAll(/\s*\n\s*/g, ' ');
}

function code(text: string): string {
  return `\`${text}\``;
}

/** A fence longer than any run of backticks inside. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}json\n${text}\n${fence}`;
}
