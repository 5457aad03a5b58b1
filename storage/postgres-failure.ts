import { types } from 'node:util';
import { DatabaseError } from 'pg';
import { StorageError, type StorageErrorCode } from './storage-error';

/** A failure of PostgreSQL, and what to do with it. */
export interface PostgresFailure {
  error: StorageError;
  /** Trying again may help: nothing is wrong with the request, the rights or the address. */
  passing: boolean;
}

type Meaning = readonly [code: StorageErrorCode, passing: boolean, what: string, remedy: string];

const unreachable: Meaning = [
  'UNREACHABLE',
  true,
  'cannot be reached',
  'check that the server runs, accepts connections from this machine and has some to spare',
];
const refused = (remedy: string): Meaning => ['REFUSED', false, 'refused the connection', remedy];

/** By SQLSTATE; a name of two characters stands for its class. */
const meanings: Readonly<Record<string, Meaning>> = {
  '08': unreachable,
  '25P03': unreachable,
  '53': unreachable,
  '53100': ['DISK_FULL', false, 'cannot write: its disk is full', 'free some space on the server'],
  '57P01': unreachable,
  '57P02': unreachable,
  '57P03': unreachable,
  '57P05': unreachable,
  '40': ['BUSY', true, 'gave up our transaction again and again', 'end what else writes to its tables'],
  '57014': ['BUSY', true, 'cut statements short', 'raise statement_timeout for this user'],
  '55P03': ['BUSY', true, 'kept us waiting for its lock', 'end the process that holds it (a backup, say)'],
  '23': ['CONSTRAINT', false, 'refused a row', 'this is a defect: report it'],
  '25006': ['UNREACHABLE', true, 'is a standby, which is read-only', 'name the primary server in the URL'],
  '28': refused('check user and password in the URL (or PGPASSWORD) and the rules of pg_hba.conf'),
  '3D': refused('create it (createdb), or correct the name in the URL'),
  '3F': ['NOT_WRITABLE', false, 'has no such schema', 'create the schema, or correct search_path'],
  '42501': [
    'NOT_WRITABLE',
    false,
    'does not give this user the rights that it needs',
    'grant CREATE on the schema and all rights on its tables, or make the user their owner',
  ],
};

const failed: Meaning = ['FAILED', false, 'failed', 'see the reason, and the log of the server'];

/**
 * What an error of `pg` or of the network means to us. `label` names the database without its password. `connected`: this
 * process has had a connection to it before, so that its address is right.
 */
export function postgresFailure(error: unknown, label: string, connected: boolean): PostgresFailure {
  const [code, passing, what, remedy] = meaning(error, connected);
  return {
    passing,
    error: new StorageError(code, `the database ${label} ${what} (${reason(error)}): ${remedy}`, { cause: error }),
  };
}

/**
 * True unless the server itself has said that it rolled the transaction back: whatever else ends the wait for the reply to
 * a commit may have come after the commit.
 */
export function leavesCommitOpen(error: unknown): boolean {
  return !(error instanceof DatabaseError) || /^(08|40003|57P|58|XX)/.test(codeOf(error));
}

function meaning(error: unknown, connected: boolean): Meaning {
  const code = codeOf(error);
  if (error instanceof DatabaseError) return meanings[code] ?? meanings[code.slice(0, 2)] ?? failed;
  const message = types.isNativeError(error) ? error.message : '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return ['UNREACHABLE', connected, 'has an unknown host', 'correct the host in the URL, or mend the name service'];
  }
  // What the operating system says of a connection, and what pg says of one that is gone.
  if (/^E[A-Z]+$/.test(code) || /terminat|timeout|not queryable/i.test(message)) return unreachable;
  if (/SASL|password/i.test(message)) return refused('give the password in the URL or in PGPASSWORD');
  if (/CERT|SSL|TLS/.test(code) || /SSL|certificate/i.test(message)) {
    return refused('check sslmode and sslrootcert in the URL: sslmode=disable for a server without TLS');
  }
  return failed;
}

function codeOf(error: unknown): string {
  return types.isNativeError(error) && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** A host with several addresses fails with an error without a message of its own. */
function reason(error: unknown): string {
  return (types.isNativeError(error) && error.message) || codeOf(error) || String(error);
}
