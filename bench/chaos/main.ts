import { parseArgs } from 'node:util';
import { smallPlan } from '../../test/support/test-run';
import { chaos, figures } from './chaos';

const usage =
  'npm run chaos -- [--kills N] [--seed N] [--database file|postgres] [--workers N] [--runs N]   (default 100, 1, file, 2, 10)';

/** See README.md. */
async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kills: { type: 'string', default: '100' },
      seed: { type: 'string', default: '1' },
      database: { type: 'string', default: 'file' },
      workers: { type: 'string', default: '2' },
      runs: { type: 'string', default: '10' },
    },
  });
  const whole = (name: 'kills' | 'seed' | 'workers' | 'runs', least: number): number => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value >= least) return value;
    throw new Error(`--${name} must be a whole number of at least ${least}, not '${values[name]}'\n${usage}`);
  };
  const { database } = values;
  if (database !== 'file' && database !== 'postgres')
    throw new Error(`--database must be 'file' or 'postgres', not '${database}'\n${usage}`);
  const options = {
    kills: whole('kills', 1),
    seed: whole('seed', 0),
    workers: whole('workers', 1),
    runs: whole('runs', 1),
  };
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => interrupted.abort(new Error(`interrupted by ${name}`)));
  }
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const report = await chaos({ ...options, database, plan: smallPlan, say }, interrupted.signal);
  for (const violation of report.violations) say(violation);
  say(`${figures(report)}; database ${database}, ${options.workers} workers, seed ${options.seed}`);
  return report.violations.length === 0 ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`chaos: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  },
);
