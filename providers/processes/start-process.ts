import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endGroup } from './end-group';
import { logTail } from './log-tail';
import { ProcessError } from './process-error';
import { programArguments } from './program';

const defaultReadyTimeoutMs = 30_000;
const defaultGraceMs = 10_000;
const pollMs = 100;

interface StartOptions {
  /** What it is, for messages: "the Temporal server". */
  readonly name: string;
  readonly arguments: readonly string[];
  /** Receives everything the process prints; appended to. */
  readonly logFile: string;
  /** Added to this process's own environment. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly workingFolder?: string | undefined;
  /** Milliseconds; default 30,000. */
  readonly readyTimeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A program of this package, given as a path without extension. It says itself when it is ready, with a `detail`. */
export interface OwnProgramOptions extends StartOptions {
  readonly program: string;
}

/** A foreign program. `ready` is asked again and again until it resolves to true. */
export interface ForeignProgramOptions extends StartOptions {
  readonly command: string;
  readonly ready: (signal: AbortSignal) => Promise<boolean>;
}

/** A running child process. It ends when this process does, however this process ends. */
export interface RunningProcess {
  readonly pid: number;
  readonly logFile: string;
  /** What an own program sent with its ready message. */
  readonly detail: unknown;
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Ends it: politely, then by force after `graceMs` (default 10,000). Resolves when it has ended. */
  stop(graceMs?: number): Promise<void>;
}

/**
 * Starts a program of this package, which must call `endWithParent()` first and send `{type: 'ready', detail}` when it
 * is ready. Throws ProcessError, with the end of the log, when it ends early or is not ready in time.
 */
export async function startOwnProgram(options: OwnProgramOptions): Promise<RunningProcess> {
  const child = spawnLogged(programArguments(options.program), options);
  let detail: unknown;
  let ready = false;
  child.on('message', (message: { type?: unknown; detail?: unknown }) => {
    if (message.type !== 'ready') return;
    ready = true;
    detail = message.detail;
  });
  const ended = whenEnded(child);
  const stop = async (graceMs = defaultGraceMs) => {
    if (child.exitCode === null && child.signalCode === null) await endGroup(child.pid!, graceMs);
    await ended;
  };
  await untilReady(child, options, async () => ready, stop);
  return { pid: child.pid!, logFile: options.logFile, detail, ended, stop };
}

/**
 * Starts a foreign program under a guardian: a small Node process that ends the program when this process dies, which
 * the program itself would not notice. Throws ProcessError as `startOwnProgram` does.
 */
export async function startForeignProgram(options: ForeignProgramOptions): Promise<RunningProcess> {
  const guardian = [...programArguments(path.join(__dirname, 'guardian-main')), options.command];
  const child = spawnLogged(guardian, options);
  let pid: number | undefined;
  child.on('message', (message: { type?: unknown; pid?: number }) => {
    if (message.type === 'spawned') pid = message.pid;
  });
  const ended = whenEnded(child);
  const stop = async (graceMs = defaultGraceMs) => {
    if (child.connected) child.disconnect();
    if (pid !== undefined && child.exitCode === null && child.signalCode === null) await endGroup(pid, graceMs);
    await ended;
  };
  await untilReady(child, options, async (signal) => pid !== undefined && (await options.ready(signal)), stop);
  return { pid: pid!, logFile: options.logFile, detail: undefined, ended, stop };
}

function spawnLogged(programArgumentsOfNode: readonly string[], options: StartOptions): ChildProcess {
  mkdirSync(path.dirname(path.resolve(options.logFile)), { recursive: true });
  const log = openSync(options.logFile, 'a');
  try {
    const child = spawn(process.execPath, [...programArgumentsOfNode, ...options.arguments], {
      // A group of its own keeps the terminal's Ctrl-C from it: this process decides when it ends.
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
      env: { ...process.env, ...options.environment },
      ...(options.workingFolder === undefined ? {} : { cwd: options.workingFolder }),
    });
    // A child must not keep this process running.
    child.unref();
    child.channel?.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

function whenEnded(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
}

async function untilReady(
  child: ChildProcess,
  options: StartOptions,
  ready: (signal: AbortSignal) => Promise<boolean>,
  stop: () => Promise<void>,
): Promise<void> {
  const timeoutMs = options.readyTimeoutMs ?? defaultReadyTimeoutMs;
  const deadline = AbortSignal.timeout(timeoutMs);
  const signal = options.signal === undefined ? deadline : AbortSignal.any([options.signal, deadline]);
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  for (;;) {
    if (failure !== undefined) throw new ProcessError(`${options.name} cannot be started: ${failure.message}`);
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new ProcessError(await endedEarly(child, options));
    }
    if (options.signal?.aborted) {
      await stop();
      throw options.signal.reason;
    }
    if (deadline.aborted) {
      await stop();
      throw new ProcessError(`${options.name} was not ready after ${timeoutMs / 1000} s${await tail(options.logFile)}`);
    }
    // Until it is ready, asking fails in every way there is (connection refused, reset, timed out): that is not news.
    if (await ready(signal).catch(() => false)) return;
    await sleep(pollMs);
  }
}

async function endedEarly(child: ChildProcess, options: StartOptions): Promise<string> {
  const how = child.signalCode ?? `code ${child.exitCode}`;
  return `${options.name} ended before it was ready (${how})${await tail(options.logFile)}`;
}

async function tail(logFile: string): Promise<string> {
  const lines = await logTail(logFile);
  return lines === '' ? `; its log ${logFile} is empty` : `; the end of its log ${logFile}:\n${lines}`;
}
