import type { Statement } from './driver';

export const marksTable = 'optimas_writers';

/** One row per writer: the number of its newest transaction, and the rows affected by each statement (JSON). */
export const createMarks: Statement = {
  sql:
    `create table if not exists ${marksTable} (writer text primary key, number bigint not null, ` +
    'affected text not null, at timestamptz not null default now())',
  parameters: [],
};

/** No process is away for so long and then looks for its mark. */
export const removeOldMarks: Statement = {
  sql: `delete from ${marksTable} where at < now() - interval '7 days'`,
  parameters: [],
};

/** A row when the transaction was committed. */
export function markOf(writer: string, number: number): Statement {
  return { sql: `select affected from ${marksTable} where writer = $1 and number = $2`, parameters: [writer, number] };
}

/** Part of transaction `number` itself. */
export function marking(writer: string, number: number, affected: readonly number[]): Statement {
  return {
    sql:
      `insert into ${marksTable} (writer, number, affected) values ($1, $2, $3) on conflict (writer) ` +
      'do update set number = excluded.number, affected = excluded.affected, at = now()',
    parameters: [writer, number, JSON.stringify(affected)],
  };
}
