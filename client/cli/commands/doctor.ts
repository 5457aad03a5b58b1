import type { Command } from 'commander';
import { command, type SharedOptions } from '../command';
import { checkUp, type Check } from '../check-up';
import { exitCode } from '../exit-code';
import type { Terminal } from '../terminal';

export function doctorCommand(terminal: Terminal): Command {
  return command('doctor', 'check everything a run needs, and say what to do about what is amiss', [
    'optimas doctor',
    'optimas doctor --config prod.config.ts',
  ]).action(async (options: SharedOptions) => {
    let worst: Check['state'] = 'ok';
    for await (const check of checkUp(options)) {
      terminal.print(
        `${check.state.padEnd(7)} ${check.what}: ${check.finding}${check.remedy === undefined ? '' : `\n        ${check.remedy}`}`,
      );
      if (check.state === 'failed' || (check.state === 'missing' && worst === 'ok')) worst = check.state;
    }
    process.exitCode = worst === 'failed' ? exitCode.failed : exitCode.ok;
  });
}
