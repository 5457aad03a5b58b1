import type { z } from 'zod';
import { DefinitionError } from '../../core/system/definition-error';
import { dataRows, type DataLayout } from './data-rows';
import type { DataSource } from './find-data-file';

/**
 * The rows of a file, checked by `schema`, in the file's order.
 *
 * @param options.most how many rows to read; the rest of the file is not looked at
 * @throws DefinitionError naming the file, the row and the field, and what was expected
 */
export async function readRows<T>(
  source: DataSource,
  file: string,
  options: { schema: z.ZodType<T>; layout: DataLayout; most?: number },
): Promise<T[]> {
  const { schema, layout, most = Infinity } = options;
  const remedy = `Correct it, or download the file again from ${source.page}`;
  const rows: T[] = [];
  let place = file;
  try {
    for await (const row of dataRows(file, layout)) {
      place = `${file}, ${row.name}`;
      const parsed = schema.safeParse(row.parse());
      if (!parsed.success) throw new DefinitionError(`${place}: ${issuesText(parsed.error)}. ${remedy}`);
      rows.push(parsed.data);
      if (rows.length >= most) break;
      place = `${file}, after ${row.name}`;
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new DefinitionError(`${place}: this is not JSON as expected: ${error.message}. ${remedy}`, { cause: error });
  }
  if (rows.length === 0) throw new DefinitionError(`${file} has no rows. ${remedy}`);
  return rows;
}

/** `context[3][1]: Invalid input: expected array, received string` */
function issuesText(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => {
      const field = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
      return field === '' ? message : `${field.replace(/^\./, '')}: ${message}`;
    })
    .join('; ');
}
