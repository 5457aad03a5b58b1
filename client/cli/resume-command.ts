/** The command line that goes on with a run: the same system, seed and config. */
export function resumeCommand(system: string, options: { seed: number; config?: string }): string {
  const parts = ['optimas run', quoted(system)];
  if (options.seed !== 0) parts.push(`--seed ${options.seed}`);
  if (options.config !== undefined) parts.push(`--config ${quoted(options.config)}`);
  return [...parts, '--yes'].join(' ');
}

function quoted(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
