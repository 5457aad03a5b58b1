import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const repository = path.resolve(__dirname, '../..');
const bin = path.join(repository, 'bin/optimas.js');

export interface Outcome {
  code: number | null;
  /** Standard output and standard error. */
  out: string;
  err: string;
}

/** A command that is running. */
export interface RunningCommand {
  readonly child: ChildProcess;
  /** Both outputs so far. */
  output(): string;
  /** Resolves once the outputs match; rejects with them when the command ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<Outcome>;
}

/** A project folder in which `optimas` is run as a process of its own, as a person does. */
export class CommandLine {
  readonly folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'optimas-cli-')));
  private readonly running = new Set<ChildProcess>();

  constructor(private readonly environment: Record<string, string> = {}) {}

  file(name: string): string {
    return path.join(this.folder, name);
  }

  write(name: string, text: string): void {
    writeFileSync(this.file(name), text);
  }

  /** Runs a command to its end. */
  run(...args: string[]): Promise<Outcome> {
    return this.start(...args).ended;
  }

  start(...args: string[]): RunningCommand {
    // Nobody answers questions: standard input is not a terminal.
    const child = spawn(process.execPath, [bin, ...args], {
      cwd: this.folder,
      env: { ...process.env, TEMPORAL_ADDRESS: '', OPENAI_BASE_URL: '', OPENAI_API_KEY: '', ...this.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.running.add(child);
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    let over = false;
    const ended = new Promise<Outcome>((resolve) => {
      child.once('close', (code) => {
        over = true;
        this.running.delete(child);
        resolve({ code, out, err });
      });
    });
    return {
      child,
      output: () => out + err,
      async says(pattern) {
        for (;;) {
          const last = over;
          const match = pattern.exec(out + err);
          if (match !== null) return match;
          if (last) throw new Error(`optimas ${args.join(' ')} ended without saying ${String(pattern)}:\n${out}${err}`);
          await sleep(50);
        }
      },
      ended,
    };
  }

  /** Ends what still runs, and removes the folder. */
  async close(): Promise<void> {
    const ending = [...this.running].map((child) => new Promise((resolve) => child.once('close', resolve)));
    for (const child of this.running) child.kill('SIGTERM');
    await Promise.all(ending);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
