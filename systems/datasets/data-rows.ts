import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { jsonArrayItems } from './json-array-items';

/** One object of a data file, unchecked. */
export interface DataRow {
  /** `row 3`, `row '21645374'` */
  name: string;
  /** @throws SyntaxError */
  parse(): unknown;
}

/** How a file's objects are laid out: one a line, the items of one array, or the values of one object. */
export type DataLayout = 'lines' | 'array' | { keyedBy: string };

/**
 * The rows of a file, in its order, read as they are asked for. The keys of a keyed file become a field of its rows; what is
 * no object itself becomes the field `value`.
 */
export async function* dataRows(file: string, layout: DataLayout): AsyncGenerator<DataRow> {
  if (typeof layout === 'object') {
    yield* keyedRows(JSON.parse(await readFile(file, 'utf8')), layout.keyedBy);
    return;
  }
  const stream = createReadStream(file, 'utf8');
  const texts: AsyncIterable<string> =
    layout === 'array' ? jsonArrayItems(stream) : createInterface({ input: stream, crlfDelay: Infinity });
  let at = 0;
  try {
    for await (const text of texts) {
      at += 1;
      if (text.trim() !== '') yield { name: `row ${at}`, parse: () => JSON.parse(text) as unknown };
    }
  } finally {
    // Those who have enough rows stop asking.
    stream.destroy();
  }
}

function* keyedRows(content: unknown, keyedBy: string): Generator<DataRow> {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new SyntaxError('expected an object, with a row per key');
  }
  for (const [key, row] of Object.entries(content) as [string, unknown][]) {
    const fields = typeof row === 'object' && row !== null ? row : { value: row };
    yield { name: `row '${key}'`, parse: () => ({ [keyedBy]: key, ...fields }) };
  }
}
