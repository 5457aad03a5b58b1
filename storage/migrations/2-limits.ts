import type { ColumnDefinitionBuilder } from 'kysely';
import type { Migration } from '../migrate';

const required = (column: ColumnDefinitionBuilder) => column.notNull();
const key = (column: ColumnDefinitionBuilder) => column.notNull().primaryKey();

export const limits: Migration = {
  version: 2,
  name: 'limits shared by all workers',
  queries: ({ queries: { schema } }) => [
    schema
      .createTable('reservations')
      .addColumn('id', 'text', key)
      .addColumn('run_id', 'text', required)
      .addColumn('owner', 'text', required)
      .addColumn('expires_at', 'bigint', required)
      .addColumn('calls', 'bigint', required)
      .addColumn('tokens', 'bigint', required)
      .addColumn('usd', 'double precision', required),
    schema.createIndex('reservations_by_run').on('reservations').columns(['run_id', 'expires_at']),
    schema
      .createTable('call_rates')
      .addColumn('endpoint', 'text', key)
      .addColumn('version', 'bigint', required)
      .addColumn('requests_at', 'double precision', required)
      .addColumn('tokens_at', 'double precision', required)
      .addColumn('closed_until', 'double precision', required)
      .addColumn('reduced_rate', 'double precision')
      .addColumn('ceiling', 'double precision')
      .addColumn('reduced_at', 'double precision', required)
      .addColumn('updated_at', 'double precision', required),
  ],
};
