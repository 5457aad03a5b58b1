import { existsSync } from 'node:fs';
import { Client } from 'pg';
import { processAlive } from '../../providers/processes/process-alive';
import { startPostgres } from './postgres-server';

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as unknown[];
  } finally {
    await client.end();
  }
}

describe('startPostgres', () => {
  it('gives empty databases, keeps what was committed when it is killed, and leaves nothing behind', async () => {
    const server = await startPostgres();
    if (server === undefined) return;
    const [url, other] = [await server.freshDatabase(), await server.freshDatabase()];
    await ask(url, 'create table kept as select 7 as value');
    const killed = server.pid;
    await server.kill();
    expect(processAlive(killed)).toBe(false);
    await expect(ask(url, 'select 1')).rejects.toThrow('ECONNREFUSED');
    await server.restart();
    expect(server.pid).not.toBe(killed);
    expect(await ask(url, 'select * from kept')).toEqual([{ value: 7 }]);
    await expect(ask(other, 'select * from kept')).rejects.toThrow('does not exist');
    const [row] = (await ask(url, 'show data_directory')) as [{ data_directory: string }];
    await server.kill();
    await server.stop();
    expect(existsSync(row.data_directory)).toBe(false);
    expect(processAlive(server.pid)).toBe(false);
  }, 60_000);

  it('says what is missing where PostgreSQL is not installed', async () => {
    const lines: string[] = [];
    expect(await startPostgres({ say: (line) => lines.push(line), folders: [] })).toBeUndefined();
    expect(lines).toEqual([expect.stringContaining('SKIPPED, NOT TESTED on PostgreSQL: postgres and initdb')]);
  });
});
