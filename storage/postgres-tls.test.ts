import { join } from 'node:path';
import { CompiledQuery } from 'kysely';
import { postgresInstalled, startPostgres, type PostgresServer } from '../test/support/postgres-server';
import { openDatabase } from './database';

jest.setTimeout(60_000);

const describePostgres = postgresInstalled() ? describe : describe.skip;
const certificate = (name: string): string => join(__dirname, '../test/fixtures/tls', name);

describePostgres('PostgreSQL over TLS', () => {
  let server: PostgresServer | undefined;
  beforeAll(async () => {
    server = await startPostgres({
      settings: { ssl: 'on' },
      files: { ssl_cert_file: certificate('server.crt'), ssl_key_file: certificate('server.key') },
    });
  });
  afterAll(() => server?.stop());

  const encrypted = async (parameters: string): Promise<boolean> => {
    const database = await openDatabase(`${await server?.freshDatabase()}?${parameters}`, { patienceMs: 300 });
    try {
      const sql = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()';
      const [row] = await database.read<{ ssl: boolean }>({ compile: () => CompiledQuery.raw(sql) as never });
      return row?.ssl === true;
    } finally {
      await database.close();
    }
  };

  it('connects to a server whose certificate its authority signed', async () => {
    expect(await encrypted(`sslmode=verify-full&sslrootcert=${certificate('authority.crt')}`)).toBe(true);
    expect(await encrypted('sslmode=require')).toBe(true);
    expect(await encrypted('sslmode=disable')).toBe(false);
  });

  it('refuses one whose certificate it did not sign', async () => {
    await expect(encrypted(`sslmode=verify-full&sslrootcert=${certificate('client.crt')}`)).rejects.toMatchObject({
      code: 'REFUSED',
      message: expect.stringMatching(/refused the connection \(.*certificate.*sslrootcert/),
    });
  });
});
