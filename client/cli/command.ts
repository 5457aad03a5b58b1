import { Command } from 'commander';
import { exitCodeHelp } from './exit-code';

/** Options that every command has. */
export interface SharedOptions {
  config?: string;
  verbose?: boolean;
}

/** A command with the shared options, and examples in its help. */
export function command(name: string, description: string, examples: readonly string[]): Command {
  return new Command(name)
    .description(description)
    .option('--config <file>', 'config file (default: optimas.config.* in the working directory)')
    .option('--verbose', 'show stack traces of errors')
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}\n\n${exitCodeHelp}`);
}
