import { Client, type ClientConfig } from 'pg';
import { StorageError } from './storage-error';

const example = "for example 'postgres://user:password@host:5432/database'";
const connectLimitMs = 10_000;

/** How to reach a PostgreSQL database. */
export interface PostgresAddress {
  /** The URL without password and parameters, and with what it left out: for messages. */
  label: string;
  client: ClientConfig;
}

export function isPostgresUrl(url: string): boolean {
  return /^postgres(ql)?:/i.test(url);
}

/**
 * Reads a `postgres://` or `postgresql://` URL with parameters of libpq (`sslmode`, `sslrootcert`, `application_name`,
 * `options`, `connect_timeout` in seconds). What it leaves out comes from the standard variables (`PGHOST`, `PGPORT`,
 * `PGUSER`, `PGPASSWORD`, `PGDATABASE`, `PGSSLMODE`, which means the same as `sslmode`).
 *
 * @throws StorageError `UNSUPPORTED_URL`, which shows nothing of the URL: any part of it may be a piece of the password.
 */
export function postgresAddress(url: string): PostgresAddress {
  const given = parsed(url);
  const { searchParams } = given;
  // With the meaning that PostgreSQL's documentation gives to `sslmode`; pg alone takes 'require' for 'verify-full'.
  const sslmode = searchParams.get('sslmode') ?? (searchParams.has('ssl') ? '' : process.env['PGSSLMODE']) ?? '';
  if (sslmode !== '') {
    searchParams.set('sslmode', sslmode);
    searchParams.set('uselibpqcompat', 'true');
  }
  const options = searchParams.get('options');
  const seconds = Number(searchParams.get('connect_timeout') ?? process.env['PGCONNECT_TIMEOUT'] ?? 0);
  const { host, port, user, password, database = user, ssl } = described(given);
  return {
    label: `postgres://${user}@${host}:${port}/${database}`,
    client: {
      ...{ host, port, user, password, database, ssl },
      application_name: searchParams.get('application_name') ?? 'optimas',
      ...(options !== null && { options }),
      connectionTimeoutMillis: seconds > 0 ? seconds * 1_000 : connectLimitMs,
    },
  };
}

function parsed(url: string): URL {
  let given: URL;
  try {
    given = new URL(url.replace(/^postgres(ql)?:(\/\/)?/i, 'postgres://'));
  } catch {
    throw unsupported('it is not a valid URL');
  }
  // The host of such a URL is the user, and its port or path a piece of the password.
  if (given.hash !== '' || given.pathname.includes('@') || given.search.includes('@')) {
    throw unsupported("a special character ('#', '?', '/', '@') in user or password is not percent-encoded");
  }
  return given;
}

/** A client that never connects knows what URL and environment say together. */
function described({ href }: URL): Client {
  try {
    return new Client({ connectionString: href });
  } catch (error) {
    // Certificate files that cannot be read, or an impossible combination of parameters.
    throw unsupported(`its parameters cannot be used (${error instanceof Error ? error.message : String(error)})`);
  }
}

function unsupported(problem: string): StorageError {
  return new StorageError(
    'UNSUPPORTED_URL',
    `PostgreSQL database URL: ${problem}; expected ${example}, with special characters in the password percent-encoded ` +
      "('#' as %23, '/' as %2F, '?' as %3F, '@' as %40), or without password and with PGPASSWORD in the environment",
  );
}
