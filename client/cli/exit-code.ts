/** Exit codes of the command line. */
export const exitCode = {
  ok: 0,
  /** It was tried and failed. */
  failed: 1,
  /** Wrong usage, or a mistake in the config or a definition. */
  usage: 2,
  /** The Temporal server, the database, or a model cannot be reached or started. */
  unavailable: 3,
  /** The run paused itself; the message says what to mend. */
  paused: 4,
  /** The run was cancelled, or a question was answered with no. */
  cancelled: 5,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

export const exitCodeHelp = `Exit codes:
  0  done
  1  failed
  2  wrong usage, or a mistake in the config or a definition
  3  the Temporal server, the database or a model cannot be reached or started
  4  the run paused itself: the message says what to mend
  5  the run was cancelled, or a question was answered with no
  130  interrupted with Ctrl-C`;
