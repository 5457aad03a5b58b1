import { createInterface } from 'node:readline';
import { exitCode } from './exit-code';
import { UsageError } from './usage-error';

/** Where a command reads and writes; results go to standard output, everything about how it goes to standard error. */
export interface Terminal {
  /** Results. */
  print(text: string): void;
  /** Steps and hints. */
  note(text: string): void;
  /** A person sits there: lines may be redrawn, questions asked. */
  readonly interactive: boolean;
  /** Columns. */
  readonly width: number;
  /** Asks a yes-or-no question, no being the default. @throws UsageError naming `insteadOption` when nobody is there to answer. */
  confirm(question: string, insteadOption: string): Promise<boolean>;
}

export const processTerminal: Terminal = {
  print: (text) => void process.stdout.write(`${text}\n`),
  note: (text) => void process.stderr.write(`${text}\n`),
  get interactive() {
    return process.stdin.isTTY === true && process.stdout.isTTY === true;
  },
  get width() {
    return Math.min(160, process.stdout.columns ?? 100);
  },
  async confirm(question, insteadOption) {
    if (!this.interactive)
      throw new UsageError(`${question} Nobody is here to answer: add ${insteadOption} to say yes`);
    return /^y(es)?$/i.test(await answerTo(`${question} [y/N] `));
  },
};

/** What a person types; nothing when that is Ctrl-C or the end of the input. */
function answerTo(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  return new Promise<string>((resolve) => {
    lines.question(question, (answer) => resolve(answer.trim()));
    lines.once('close', () => resolve(''));
    // While it asks, the interface keeps Ctrl-C to itself.
    lines.once('SIGINT', () => {
      process.stdout.write('\n');
      if (!process.emit('SIGINT', 'SIGINT')) process.exit(exitCode.interrupted);
      lines.close();
    });
  }).finally(() => lines.close());
}
