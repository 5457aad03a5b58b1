import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A temporary folder with these files. Text is written as it is, rows as JSON lines or, to `.json`, as one document. */
export function dataFolderOf(files: Readonly<Record<string, unknown>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'optimas-data-'));
  for (const [name, content] of Object.entries(files)) {
    const text =
      typeof content === 'string'
        ? content
        : name.endsWith('.jsonl')
          ? (content as unknown[]).map((row) => `${JSON.stringify(row)}\n`).join('')
          : JSON.stringify(content, undefined, 4);
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

/** HotpotQA rows as in the official files, or with `id` for `_id` as in the JSON lines. */
export function hotpotqaRows(count: number, prefix: string, idField: '_id' | 'id' = '_id'): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, at) => ({
    [idField]: `${prefix}${at}`,
    answer: `Town ${at}`,
    question: `Where was the painter of "Picture ${at}" born ?`,
    supporting_facts: [
      [`Picture ${at}`, 0],
      [`Painter ${at}`, 0],
    ],
    context: [
      ...Array.from({ length: 8 }, (_unused, other) => [
        `Other ${other}`,
        [`Other ${other} is a river.`, ' It is long.'],
      ]),
      [`Painter ${at}`, [`Painter ${at} was born in Town ${at}.`]],
      [`Picture ${at}`, [`Picture ${at} is a work by Painter ${at}.`]],
    ],
    type: 'bridge',
    level: 'hard',
  }));
}

/** PubMedQA rows as in the official file, without their ids. */
export function pubmedqaRows(count: number): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, at) => ({
    QUESTION: `Does drug ${at} help?`,
    CONTEXTS: [
      `Drug ${at} is new. It is cheap.`,
      `Patients with drug ${at} lived longer (P = 0.01). No harm was seen.`,
    ],
    LABELS: ['BACKGROUND', 'RESULTS'],
    MESHES: ['Humans'],
    YEAR: '2010',
    reasoning_required_pred: 'yes',
    reasoning_free_pred: 'yes',
    final_decision: (['yes', 'no', 'maybe'] as const)[at % 3],
    LONG_ANSWER: 'It does.',
  }));
}
