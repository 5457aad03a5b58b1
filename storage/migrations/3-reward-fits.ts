import type { ColumnDefinitionBuilder } from 'kysely';
import type { Migration } from '../migrate';

const required = (column: ColumnDefinitionBuilder) => column.notNull();

export const rewardFits: Migration = {
  version: 3,
  name: 'rewards by what they were trained on',
  queries: ({ queries: { schema } }) => [
    schema
      .createTable('reward_fits')
      .addColumn('key', 'text', (column) => column.notNull().primaryKey())
      .addColumn('artefact_sha256', 'text', required)
      .addColumn('manifest', 'text', required)
      .addColumn('outcome', 'text', required),
  ],
};
