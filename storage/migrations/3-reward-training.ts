import { sql, type ColumnDefinitionBuilder } from 'kysely';
import type { Migration } from '../migrate';

const required = (column: ColumnDefinitionBuilder) => column.notNull();

export const rewardTraining: Migration = {
  version: 3,
  name: 'rewards by what they were trained on, and what adapting them needs',
  queries: ({ queries: { schema }, bytesType }) => [
    schema
      .createTable('reward_fits')
      .addColumn('key', 'text', (column) => column.notNull().primaryKey())
      .addColumn('artefact_sha256', 'text', required)
      .addColumn('manifest', 'text', required)
      .addColumn('outcome', 'text', required),
    schema
      .createTable('reward_states')
      .addColumn('run_id', 'text', required)
      .addColumn('component', 'text', required)
      .addColumn('version', 'integer', required)
      .addColumn('sha256', 'text', required)
      .addColumn('bytes', sql.raw(bytesType), required)
      .addPrimaryKeyConstraint('reward_states_key', ['run_id', 'component', 'version']),
    schema.createIndex('reward_states_by_content').on('reward_states').column('sha256'),
  ],
};
