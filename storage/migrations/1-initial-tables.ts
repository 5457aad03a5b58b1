import { sql, type ColumnDefinitionBuilder } from 'kysely';
import type { Migration } from '../migrate';

const required = (column: ColumnDefinitionBuilder) => column.notNull();
const key = (column: ColumnDefinitionBuilder) => column.notNull().primaryKey();

export const initialTables: Migration = {
  version: 1,
  name: 'initial tables',
  queries: ({ queries: { schema }, bytesType }) => [
    schema
      .createTable('blobs')
      .addColumn('sha256', 'text', key)
      .addColumn('bytes', sql.raw(bytesType), required)
      .addColumn('content_type', 'text', required)
      .addColumn('size', 'bigint', required),
    schema
      .createTable('memo')
      .addColumn('key', 'text', key)
      .addColumn('kind', 'text', required)
      .addColumn('run_id', 'text', required)
      .addColumn('value', 'text', required)
      .addColumn('prompt_tokens', 'bigint', required)
      .addColumn('completion_tokens', 'bigint', required)
      .addColumn('usd', 'double precision', required)
      .addColumn('latency_ms', 'double precision', required)
      .addColumn('model', 'text')
      .addColumn('created_at', 'bigint', required),
    schema
      .createTable('memo_leases')
      .addColumn('key', 'text', key)
      .addColumn('owner', 'text', required)
      .addColumn('expires_at', 'bigint', required),
    schema
      .createTable('spend')
      .addColumn('id', 'text', key)
      .addColumn('run_id', 'text', required)
      .addColumn('kind', 'text', required)
      .addColumn('role', 'text', required)
      .addColumn('model', 'text')
      .addColumn('calls', 'bigint', required)
      .addColumn('prompt_tokens', 'bigint', required)
      .addColumn('completion_tokens', 'bigint', required)
      .addColumn('usd', 'double precision', required)
      .addColumn('latency_ms', 'double precision', required)
      .addColumn('at', 'bigint', required),
    schema.createIndex('spend_by_run').on('spend').columns(['run_id', 'at']),
    schema
      .createTable('spend_totals')
      .addColumn('run_id', 'text', required)
      .addColumn('kind', 'text', required)
      .addColumn('role', 'text', required)
      .addColumn('model', 'text', required)
      .addColumn('entries', 'bigint', required)
      .addColumn('calls', 'bigint', required)
      .addColumn('prompt_tokens', 'bigint', required)
      .addColumn('completion_tokens', 'bigint', required)
      .addColumn('usd', 'double precision', required)
      .addColumn('latency_ms', 'double precision', required)
      .addPrimaryKeyConstraint('spend_totals_key', ['run_id', 'kind', 'role', 'model']),
    schema
      .createTable('counters')
      .addColumn('run_id', 'text', required)
      .addColumn('name', 'text', required)
      .addColumn('value', 'bigint', required)
      .addPrimaryKeyConstraint('counters_key', ['run_id', 'name']),
    schema
      .createTable('runs')
      .addColumn('run_id', 'text', key)
      .addColumn('system', 'text', required)
      .addColumn('seed', 'bigint', required)
      .addColumn('status', 'text', required)
      .addColumn('definition_hash', 'text', required)
      .addColumn('input', 'text', required)
      .addColumn('result', 'text')
      .addColumn('created_at', 'bigint', required)
      .addColumn('updated_at', 'bigint', required),
    schema.createTable('configurations').addColumn('hash', 'text', key).addColumn('value', 'text', required),
    schema
      .createTable('evaluations')
      .addColumn('run_id', 'text', required)
      .addColumn('purpose', 'text', required)
      .addColumn('iteration', 'integer', required)
      .addColumn('configuration_hash', 'text', required)
      .addColumn('example_id', 'text', required)
      .addColumn('draw_index', 'integer', required)
      .addColumn('score', 'double precision', required)
      .addColumn('sub_scores', 'text')
      .addColumn('feedback', 'text')
      .addColumn('failure', 'text')
      .addColumn('trace_blob', 'text')
      .addPrimaryKeyConstraint('evaluations_key', [
        'run_id',
        'purpose',
        'iteration',
        'configuration_hash',
        'example_id',
        'draw_index',
      ]),
    schema
      .createTable('candidates')
      .addColumn('run_id', 'text', required)
      .addColumn('iteration', 'integer', required)
      .addColumn('component', 'text', required)
      .addColumn('example_id', 'text', required)
      .addColumn('candidate_index', 'integer', required)
      .addColumn('inputs', 'text', required)
      .addColumn('outputs', 'text', required)
      .addColumn('origin', 'text', required)
      .addColumn('configuration_hash', 'text', required)
      .addColumn('scores', 'text', required)
      .addColumn('failure', 'text')
      .addPrimaryKeyConstraint('candidates_key', ['run_id', 'component', 'iteration', 'example_id', 'candidate_index']),
    schema
      .createTable('reward_versions')
      .addColumn('run_id', 'text', required)
      .addColumn('component', 'text', required)
      .addColumn('version', 'integer', required)
      .addColumn('artefact_sha256', 'text')
      .addColumn('manifest', 'text', required)
      .addColumn('metrics', 'text', required)
      .addPrimaryKeyConstraint('reward_versions_key', ['run_id', 'component', 'version']),
    schema
      .createTable('ledger')
      .addColumn('run_id', 'text', required)
      .addColumn('key', 'text', required)
      .addColumn('sequence', 'bigint', required)
      .addColumn('iteration', 'integer', required)
      .addColumn('kind', 'text', required)
      .addColumn('body', 'text', required)
      .addColumn('at', 'bigint', required)
      .addPrimaryKeyConstraint('ledger_key', ['run_id', 'key'])
      .addUniqueConstraint('ledger_sequence', ['run_id', 'sequence']),
  ],
};
