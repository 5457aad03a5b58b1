import { rmSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { startDurableServer, type DurableServer } from '../../test/support/durable-server';
import { startEndpointProcess, type EndpointProcess } from '../../test/support/endpoint-process';
import { startPostgres, type PostgresServer } from '../../test/support/postgres-server';
import { temporalExecutable } from '../../test/temporal-executable';

export interface SiteOptions {
  database: 'file' | 'postgres';
  /** A bundle of the workflow code; made from the sources when absent. */
  bundlePath?: string | undefined;
}

/** The processes that all runs share: Temporal server, endpoint, database server. Each ends when this process does. */
export class Site {
  private databases = 0;

  private constructor(
    readonly folder: string,
    readonly bundlePath: string,
    readonly temporal: DurableServer,
    readonly endpoint: EndpointProcess,
    /** Undefined: each run has a file of its own. */
    readonly postgres: PostgresServer | undefined,
    private readonly removeFolder: () => void,
  ) {}

  /** @throws where PostgreSQL is asked for and its programs are missing. */
  static async open(options: SiteOptions): Promise<Site> {
    const binary = await temporalExecutable();
    const folder = await mkdtemp(join(tmpdir(), 'optimas-chaos-'));
    const removeFolder = () => rmSync(folder, { recursive: true, force: true });
    // Also when this process is interrupted before `close`.
    process.once('exit', removeFolder);
    const opened: { stop(): Promise<void> }[] = [];
    try {
      const bundlePath = options.bundlePath ?? (await bundleInto(folder));
      const temporal = await startDurableServer(folder, binary);
      opened.push(temporal);
      const endpoint = await startEndpointProcess({ latencyMs: 20 });
      opened.push(endpoint);
      const postgres = options.database === 'postgres' ? await startPostgres() : undefined;
      if (options.database === 'postgres' && postgres === undefined)
        throw new Error("chaos: PostgreSQL's programs are missing; install them, or use --database file");
      return new Site(folder, bundlePath, temporal, endpoint, postgres, removeFolder);
    } catch (error) {
      for (const each of opened) await each.stop();
      removeFolder();
      throw error;
    }
  }

  /** URL of an empty database. */
  async freshDatabase(): Promise<string> {
    return this.postgres?.freshDatabase() ?? `file:${join(this.folder, `optimas-${this.databases++}.db`)}`;
  }

  /** The end of what the Temporal server printed. */
  async serverLog(): Promise<string> {
    return (await readFile(this.temporal.logFile, 'utf8')).slice(-3_000);
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.temporal.stop(), this.endpoint.stop(), this.postgres?.stop()]);
    this.removeFolder();
    process.removeListener('exit', this.removeFolder);
  }
}

async function bundleInto(folder: string): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(__dirname, '../../workflows/index.ts'),
    logger: new DefaultLogger('ERROR'),
  });
  const file = join(folder, 'workflow-bundle.js');
  await writeFile(file, code);
  return file;
}
