import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chownSync, existsSync, readdirSync } from 'node:fs';
import { chmod, copyFile, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { freePort } from '../../providers/processes/free-port';
import { processAlive } from '../../providers/processes/process-alive';

/** True where PostgreSQL's programs are installed. */
export function postgresInstalled(): boolean {
  return programFolder(programFolders()) !== undefined;
}

/** A PostgreSQL server of one test file. */
export interface PostgresServer {
  /** Of the database `postgres`, with user (a superuser) and password. */
  readonly url: string;
  readonly port: number;
  /** Of the postmaster; another one after `restart`. */
  readonly pid: number;
  /** Creates an empty database and gives its URL. */
  freshDatabase(): Promise<string>;
  /** SIGKILL of the postmaster and of all its children; resolves when they are gone. The data stay. */
  kill(): Promise<void>;
  /** Starts the server again on the same port and data, after ending it (as `kill` does) where it runs. */
  restart(): Promise<void>;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

const user = 'optimas';
const password = 'test-password';
const programs = ['postgres', 'initdb'];
/** Where Debian puts them, outside PATH. */
const versions = '/usr/lib/postgresql';
const startLimitMs = 60_000;

/**
 * Runs as the unprivileged user, and outlives neither the test (whose end closes its standard input) nor the server. The
 * first line of its output is the postmaster's pid.
 */
const guard = '"$@" & pid=$!; echo $pid; cat > /dev/null; kill -QUIT $pid 2> /dev/null; wait $pid';

/**
 * Starts a server with an empty cluster in a temporary folder, on a free port of 127.0.0.1, without durability
 * (`fsync=off` keeps what was committed when processes are killed, not when the machine dies). PostgreSQL refuses to run as
 * root: there it runs as the user `postgres` or `nobody`.
 *
 * @returns undefined, with a line on standard error, where PostgreSQL's programs are missing.
 */
export async function startPostgres({
  say = (line: string): void => void process.stderr.write(`\n${line}\n`),
  folders = programFolders(),
  settings: given = {} as Readonly<Record<string, string | number>>,
  /** Settings that name a file; the server gets a copy that only it can read. */
  files = {} as Readonly<Record<string, string>>,
} = {}): Promise<PostgresServer | undefined> {
  const bin = programFolder(folders);
  if (bin === undefined) {
    say(`SKIPPED, NOT TESTED on PostgreSQL: ${programs.join(' and ')} are neither on PATH nor below ${versions}`);
    return undefined;
  }
  const identity = unprivileged();
  const folder = await mkdtemp(join(tmpdir(), 'optimas-postgres-'));
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, password);
  const { uid, gid } = identity;
  if (uid !== undefined && gid !== undefined) for (const path of [folder, passwordFile]) chownSync(path, uid, gid);
  const settings = { ...given };
  for (const [name, path] of Object.entries(files)) {
    settings[name] = join(folder, name);
    await copyFile(path, join(folder, name));
    await chmod(join(folder, name), 0o600);
    if (uid !== undefined && gid !== undefined) chownSync(join(folder, name), uid, gid);
  }
  try {
    const options = ['--username', user, '--pwfile', passwordFile, '--auth=scram-sha-256', '--no-sync'];
    const made = spawnSync(
      join(bin, 'initdb'),
      ['-D', data, ...options, '--encoding=UTF8', '--locale=C', '--no-instructions'],
      { ...identity, encoding: 'utf8', cwd: folder },
    );
    if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr} ${made.error?.message ?? ''}`);
    let cluster = await startCluster(bin, folder, { port: await freePort(), ...settings }, identity);
    const urlOf = (database: string) => `postgres://${user}:${password}@127.0.0.1:${cluster.port}/${database}`;
    return {
      get url() {
        return urlOf('postgres');
      },
      get port() {
        return cluster.port;
      },
      get pid() {
        return cluster.pid;
      },
      async freshDatabase() {
        const name = `test_${randomUUID().replaceAll('-', '')}`;
        const client = new Client({ connectionString: urlOf('postgres') });
        await client.connect();
        try {
          await client.query(`create database ${name}`);
        } finally {
          await client.end();
        }
        return urlOf(name);
      },
      kill: () => cluster.kill(),
      async restart() {
        await cluster.kill();
        cluster = await startCluster(bin, folder, { port: cluster.port, ...settings }, identity);
      },
      async stop() {
        // A server that was killed has left shared memory behind, which only the next start of the same data removes.
        if (!cluster.running())
          cluster = await startCluster(bin, folder, { port: cluster.port, ...settings }, identity);
        await cluster.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

interface Cluster {
  readonly port: number;
  readonly pid: number;
  running(): boolean;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

interface Identity {
  uid?: number;
  gid?: number;
}

async function startCluster(
  bin: string,
  folder: string,
  given: { port: number },
  identity: Identity,
): Promise<Cluster> {
  const logFile = join(folder, 'log');
  const log = await open(logFile, 'w');
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    max_connections: 60,
    // In files of the data folder, which is removed, and not in memory that a kill would leave behind.
    dynamic_shared_memory_type: 'mmap',
    ...given,
  };
  const child = spawn(
    'sh',
    [
      ...['-c', guard, 'postgres-guard', join(bin, 'postgres'), '-D', join(folder, 'data')],
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    { ...identity, cwd: folder, stdio: ['pipe', 'pipe', log.fd] },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    const pid = await firstLine(child);
    await untilReady(logFile, pid);
    const stop = async () => {
      child.stdin?.end();
      await ended;
    };
    return {
      port: given.port,
      pid,
      running: () => alive(pid),
      async kill() {
        // The postmaster first, stopped, so that it starts no further children.
        signal(pid, 'SIGSTOP');
        const processes = [pid, ...childrenOf(pid)];
        for (const each of processes) signal(each, 'SIGKILL');
        while (processes.some(alive)) await sleep(10);
        await stop();
      },
      stop,
    };
  } catch (error) {
    child.stdin?.end();
    throw error;
  } finally {
    await log.close();
  }
}

async function firstLine(child: ChildProcess): Promise<number> {
  const text = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    child.once('error', reject);
    child.once('exit', () => reject(new Error('the shell that guards PostgreSQL ended at once')));
  });
  return Number(text.trim());
}

async function untilReady(logFile: string, pid: number): Promise<void> {
  const deadline = performance.now() + startLimitMs;
  for (;;) {
    const log = await readFile(logFile, 'utf8');
    if (log.includes('ready to accept connections')) return;
    if (!alive(pid) || performance.now() > deadline) throw new Error(`PostgreSQL did not start: ${log.slice(-2_000)}`);
    await sleep(20);
  }
}

function programFolder(folders: readonly string[]): string | undefined {
  return folders.find((folder) => programs.every((program) => existsSync(join(folder, program))));
}

function programFolders(): string[] {
  const installed = existsSync(versions) ? readdirSync(versions).map((version) => join(versions, version, 'bin')) : [];
  return [...(process.env['PATH'] ?? '').split(delimiter), ...installed.sort().reverse()];
}

/** PostgreSQL refuses to run as root; any other user needs no change. */
function unprivileged(): Identity {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout.trim());
    if (uid !== undefined && gid !== undefined && uid !== '') return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error("PostgreSQL refuses to run as root, and there is neither a user 'postgres' nor 'nobody'");
}

function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([child, parent]) => (parent === pid && child !== undefined ? [child] : []));
}

/** Nothing where the process has just ended by itself: a child that misses its postmaster does. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** False for a zombie: a killed child of a killed process may stay one for a while. */
function alive(pid: number): boolean {
  if (!processAlive(pid)) return false;
  return !spawnSync('ps', ['-o', 'stat=', '-p', `${pid}`], { encoding: 'utf8' }).stdout.startsWith('Z');
}
