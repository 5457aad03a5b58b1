import { Command } from 'commander';
import { controlCommands } from './commands/control';
import { doctorCommand } from './commands/doctor';
import { recordCommands } from './commands/records';
import { runCommand } from './commands/run';
import { serveCommands } from './commands/serve';
import { setupCommand } from './commands/setup';
import { startCommand } from './commands/start';
import { statusCommand } from './commands/status';
import { watchCommand } from './commands/watch';
import { exitCodeHelp } from './exit-code';
import type { Terminal } from './terminal';

/** The whole command line. It throws instead of ending the process. */
export function createProgram(terminal: Terminal, version: string): Command {
  const program = new Command('optimas')
    .description('Durable, globally aligned optimization of compound AI systems')
    .version(version)
    .addHelpText('after', `\nExamples:\n  $ optimas run quickstart\n  $ optimas run --help\n\n${exitCodeHelp}`);
  const commands = [
    setupCommand(terminal),
    doctorCommand(terminal),
    ...serveCommands(terminal),
    runCommand(terminal),
    startCommand(terminal),
    watchCommand(terminal),
    statusCommand(terminal),
    ...controlCommands(terminal),
    ...recordCommands(terminal),
  ];
  for (const command of commands) program.addCommand(command);
  for (const command of [program, ...commands]) command.exitOverride().showSuggestionAfterError();
  return program;
}
