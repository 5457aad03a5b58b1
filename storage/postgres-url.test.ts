import { postgresAddress } from './postgres-url';

describe('PGSSLMODE', () => {
  const before = process.env['PGSSLMODE'];
  afterEach(() => {
    if (before === undefined) delete process.env['PGSSLMODE'];
    else process.env['PGSSLMODE'] = before;
  });
  const sslOf = (search: string) => postgresAddress(`postgres://user@host/database${search}`).client.ssl;

  it.each([
    ['disable', false],
    ['require', { rejectUnauthorized: false }],
    ['verify-full', {}],
  ])('%s means the same as sslmode in the URL', (mode, ssl) => {
    delete process.env['PGSSLMODE'];
    expect(sslOf(`?sslmode=${mode}`)).toEqual(ssl);
    process.env['PGSSLMODE'] = mode;
    expect(sslOf('')).toEqual(ssl);
  });

  it('gives way to the URL', () => {
    process.env['PGSSLMODE'] = 'require';
    expect(sslOf('?sslmode=disable')).toBe(false);
    expect(sslOf('?ssl=0')).toBe(false);
  });
});
