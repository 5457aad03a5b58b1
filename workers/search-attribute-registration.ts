import type { Connection } from '@temporalio/client';
import { messageOf } from '../core/system/interpreter';
import { searchAttributes } from '../workflows/search-attributes';

/** `INDEXED_VALUE_TYPE_KEYWORD` of Temporal's API. */
const keyword = 2;

/** Names and types of the search attributes of runs, as a development server is told them when it starts. */
export const searchAttributeTypes: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(searchAttributes).map(({ name }) => [name, 'Keyword']),
);

/** Names of the runs' search attributes that a namespace lacks. */
export async function missingSearchAttributes(connection: Connection, namespace: string): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return Object.keys(searchAttributeTypes).filter((name) => customAttributes[name] === undefined);
}

/**
 * Registers what a namespace lacks; gives the names that were registered.
 *
 * @throws Error naming them when the server does not allow it.
 */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<string[]> {
  const missing = await missingSearchAttributes(connection, namespace);
  if (missing.length === 0) return [];
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, keyword])),
    });
  } catch (cause) {
    throw new Error(
      `namespace '${namespace}' lacks the search attributes ${missing.join(', ')} (type Keyword), and they cannot be registered: ` +
        `${messageOf(cause)}; ask the namespace's administrator to add them`,
      { cause },
    );
  }
  return missing;
}
