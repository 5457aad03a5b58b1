import { types } from 'pg';

const { builtins } = types;
const asNumber = new Set<number>([builtins.INT8, builtins.NUMERIC]);

/** Columns as the stores expect them: counts and times as numbers, bytes as Uint8Array, the rest as `pg` gives it. */
export const columnTypes = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
    if (asNumber.has(oid)) return Number;
    const parse = types.getTypeParser(oid, format as 'text') as (value: string) => unknown;
    return oid === builtins.BYTEA ? (value) => new Uint8Array(parse(value) as Buffer) : parse;
  },
};
