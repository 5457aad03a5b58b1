import type { Compilable, CompiledQuery, Kysely } from 'kysely';
import type { Tables } from './tables';

/** What runs compiled queries: one implementation per kind of database. */
export interface Driver {
  /** The rows, as plain objects; binary columns are Uint8Array. */
  read<Row>(query: CompiledQuery<Row>): Promise<Row[]>;
  /**
   * Runs the queries as one atomic batch.
   *
   * @param options.relaxed the batch may be lost in a power failure, and on PostgreSQL also when the server is killed
   *   (never in a crash of this process): for what may be lost after it was acknowledged, such as leases on memo keys.
   * @returns rows affected, per query.
   */
  write(queries: readonly CompiledQuery[], options?: WriteOptions): Promise<number[]>;
  /** Waits for writes under way, then lets go of the database. */
  close(): Promise<void>;
}

export interface WriteOptions {
  relaxed?: boolean;
}

/** An open database of one kind, and what is special about its SQL. */
export interface Dialect {
  driver: Driver;
  /** Builds and compiles queries; never executes them. */
  queries: Kysely<Tables>;
  /** The column type for bytes. */
  bytesType: 'blob' | 'bytea';
  tableNames(): Promise<string[]>;
}

/** A compiled query. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** How long an operation waits for a database that is locked or away. */
export interface Waiting {
  signal: AbortSignal | undefined;
  /** Milliseconds. */
  patienceMs: number;
  /** Nothing is to be written. */
  inspecting?: boolean;
}

export type Query<Row = unknown> = Compilable<Row>;
