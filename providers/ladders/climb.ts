import path from 'node:path';
import { withFileLock } from '../processes/file-lock';
import { FileWriteError } from '../processes/file-write-error';
import { LadderError, type FailedStep } from './ladder-error';

/** Milliseconds without progress after which a step has failed. */
const defaultSilenceMs = 10_000;

/** What a step says while it works. */
export interface Progress {
  readonly message: string;
  /** Bytes so far, and in all where that is known. */
  readonly done?: number | undefined;
  readonly total?: number | undefined;
  /** Milliseconds until the next sign of progress is due, when longer than the step's usual limit. */
  readonly nextWithinMs?: number | undefined;
}

export interface Attempt {
  /** Aborted when the step made no progress for too long, or the caller gave up. */
  readonly signal: AbortSignal;
  progress(progress: Progress): void;
}

/** One way to get a thing. */
export interface Step<T> {
  readonly name: string;
  /** Resolves to the thing. Throws StepUnavailable when this way is not open, another error when it went wrong. */
  take(attempt: Attempt): Promise<T>;
  /**
   * `setting`: a person asked for this way, so if it goes wrong the climb ends there;
   * `cache`: looks at what an earlier climb installed; `install`: adds to the cache, one process at a time.
   */
  readonly kind?: 'setting' | 'cache' | 'install';
  /** Milliseconds it may go without progress; default 10,000. */
  readonly silenceMs?: number;
}

/** A thing to get and the ways to get it, the first that serves being taken. */
export interface Ladder<T> {
  readonly what: string;
  readonly steps: readonly Step<T>[];
  /** The one thing a person can do when no step serves; a function where that depends on how far the steps came. */
  readonly remedy: string | (() => string);
  /** Held during the `install` steps. */
  readonly lockFile?: string | undefined;
  /** The variable that says where the folder of `lockFile` is; default `OPTIMAS_CACHE_DIR`. */
  readonly folderSetting?: string;
}

export type LadderReport = (
  event: { readonly what: string; readonly step: string } & (
    | { readonly state: 'taken' | 'trying' }
    | { readonly state: 'failed'; readonly reason: string }
    | ({ readonly state: 'progress' } & Progress)
    | { readonly state: 'waiting'; readonly reason: string }
  ),
) => void;

export interface Climbed<T> {
  readonly value: T;
  /** Name of the step taken. */
  readonly step: string;
  readonly tried: readonly FailedStep[];
}

/** This way is not open: nothing set, nothing there, a program missing. */
export class StepUnavailable extends Error {
  override readonly name = 'StepUnavailable';
}

/**
 * Takes the first step of `ladder` that serves. Throws LadderError when none does, or when files cannot be written, and the
 * reason of `signal`.
 */
export async function climb<T>(
  ladder: Ladder<T>,
  report: LadderReport = () => undefined,
  signal: AbortSignal = new AbortController().signal,
): Promise<Climbed<T>> {
  const tried: FailedStep[] = [];
  const { what, remedy, lockFile, steps, folderSetting = 'OPTIMAS_CACHE_DIR' } = ladder;
  // The other ways would write there too.
  const unwritable = ({ file }: FileWriteError): LadderError => {
    const folder = path.dirname(lockFile ?? file);
    return new LadderError(
      what,
      tried,
      `let files be written in ${folder} (a folder with write permission and room on its disk), or set ${folderSetting} to another folder`,
    );
  };
  const tryAll = async (some: readonly Step<T>[]): Promise<Climbed<T> | undefined> => {
    for (const step of some) {
      const again = tried.some((earlier) => earlier.step === step.name);
      if (!again) report({ what, step: step.name, state: 'trying' });
      try {
        const value = await takeStep(step, what, report, signal);
        report({ what, step: step.name, state: 'taken' });
        return { value, step: step.name, tried };
      } catch (error) {
        signal.throwIfAborted();
        const reason = error instanceof Error ? reasonOf(error) : String(error);
        if (!again) {
          report({ what, step: step.name, state: 'failed', reason });
          tried.push({ step: step.name, reason });
        }
        if (FileWriteError.isInstance(error)) throw unwritable(error);
        if (step.kind === 'setting' && !(error instanceof StepUnavailable)) {
          throw new LadderError(what, tried, `correct the setting (${step.name}), or remove it to try the other ways`);
        }
      }
    }
    return undefined;
  };
  const quick = await tryAll(steps.filter(({ kind }) => kind !== 'install'));
  if (quick !== undefined) return quick;
  const installs = steps.filter(({ kind }) => kind === 'install');
  // Another process may have installed it while this one waited for the lock: the cache is looked at again.
  const install = () => tryAll(lockFile === undefined ? installs : [...cacheSteps(steps), ...installs]);
  const onWait = (owner: string) =>
    report({
      what,
      step: 'lock',
      state: 'waiting',
      reason: `another process installs it (${owner.split(' ')[1] ?? owner})`,
    });
  const installed =
    installs.length === 0
      ? undefined
      : lockFile === undefined
        ? await install()
        : await withFileLock(lockFile, install, { signal, onWait }).catch((error: unknown) => {
            if (!FileWriteError.isInstance(error)) throw error;
            tried.push({ step: 'lock', reason: error.message });
            throw unwritable(error);
          });
  if (installed !== undefined) return installed;
  throw new LadderError(what, tried, typeof remedy === 'string' ? remedy : remedy());
}

function cacheSteps<T>(steps: readonly Step<T>[]): Step<T>[] {
  return steps.filter(({ kind }) => kind === 'cache');
}

/** Takes one step, and gives up on it once it is silent for too long, even when it ignores its signal. */
async function takeStep<T>(step: Step<T>, what: string, report: LadderReport, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const silenceMs = step.silenceMs ?? defaultSilenceMs;
  let timer: NodeJS.Timeout | undefined;
  const allow = (ms: number): void => {
    clearTimeout(timer);
    if (ms === Infinity || controller.signal.aborted) return;
    timer = setTimeout(() => controller.abort(new Error(`no progress for ${ms / 1000} s`)), ms);
  };
  const giveUp = () => controller.abort(signal.reason);
  signal.addEventListener('abort', giveUp, { once: true });
  const aborted = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error), { once: true });
  });
  allow(silenceMs);
  try {
    const progress = (update: Progress): void => {
      allow(update.nextWithinMs ?? silenceMs);
      report({ what, step: step.name, state: 'progress', ...update });
    };
    return await Promise.race([step.take({ signal: controller.signal, progress }), aborted]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
}

/** An error's message with those of its causes: `fetch failed` alone says nothing. */
function reasonOf(error: Error): string {
  // Its message says its cause.
  if (FileWriteError.isInstance(error)) return error.message;
  const message = error.message || ((error as NodeJS.ErrnoException).code ?? error.name);
  return error.cause instanceof Error ? `${message}: ${reasonOf(error.cause)}` : message;
}
