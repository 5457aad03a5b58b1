import { DatabaseError } from 'pg';
import { leavesCommitOpen, postgresFailure } from './postgres-failure';

const network = (code: string) => Object.assign(new Error(`getaddrinfo ${code} db`), { code });
const server = (code: string) => Object.assign(new DatabaseError(`made up: ${code}`, 0, 'error'), { code });

describe('postgresFailure', () => {
  it.each(['ENOTFOUND', 'EAI_AGAIN'])('waits for a host with %s only where it was known before', (code) => {
    const [first, later] = [false, true].map((connected) => postgresFailure(network(code), 'label', connected));
    expect(first).toMatchObject({ passing: false, error: { code: 'UNREACHABLE' } });
    expect(later).toMatchObject({ passing: true, error: { code: 'UNREACHABLE' } });
    expect(first?.error.message).toContain('the database label has an unknown host');
  });

  it('tries again what a statement timeout cut', () => {
    expect(postgresFailure(server('57014'), 'label', true)).toMatchObject({ passing: true, error: { code: 'BUSY' } });
  });
});

describe('leavesCommitOpen', () => {
  it.each(['53100', '40001', '57014', '23505', '25P03'])('is false when the server says %s: it rolled back', (code) => {
    expect(leavesCommitOpen(server(code))).toBe(false);
  });

  it.each(['57P01', '57P02', '08006', '40003', '58030', 'XX000'])('is true at %s', (code) => {
    expect(leavesCommitOpen(server(code))).toBe(true);
  });

  it('is true when the connection is lost', () => {
    expect(leavesCommitOpen(network('ECONNRESET'))).toBe(true);
    expect(leavesCommitOpen(new Error('Query read timeout'))).toBe(true);
  });
});
