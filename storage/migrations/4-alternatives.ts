import type { Migration } from '../migrate';

export const alternatives: Migration = {
  version: 4,
  name: 'what preference data says of alternative configurations',
  queries: ({ queries: { schema } }) => [schema.alterTable('candidates').addColumn('alternatives', 'text')],
};
