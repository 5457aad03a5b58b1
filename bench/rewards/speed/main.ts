import Table from 'cli-table3';
import { Command } from 'commander';
import { measureSpeed } from './measure-speed';
import { largestRatio, missedSpeedTargets, type Compared, type SpeedReport } from './speed-report';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** See README.md. */
async function main(): Promise<void> {
  const { repeats, check } = new Command('speed')
    .option('--repeats <n>', 'how often each side is run', Number, 5)
    .option('--check', `exit with 1 when Optimas takes more than ${largestRatio} times PyTorch's time`)
    .parse()
    .opts<{ repeats: number; check?: boolean }>();
  if (!Number.isInteger(repeats) || repeats < 1) throw new Error('--repeats must be a whole number of at least 1');
  const report = await measureSpeed({ repeats, say });
  if (report.notMeasured === undefined) say(tableOf(report));
  const missed = missedSpeedTargets(report);
  for (const line of missed) say(line);
  say(JSON.stringify({ ...report, repeats, missed: missed.length }));
  if (check === true && missed.length > 0) process.exitCode = 1;
}

function tableOf({ heads }: SpeedReport): string {
  const table = new Table({
    style: { head: [], border: [] },
    head: ['head', '', 'Optimas, median', 'PyTorch, median', 'ratio'],
  });
  for (const head of heads) {
    const row = (name: string, { optimas, torch, ratio }: Compared, digits: number, unit: string): void => {
      table.push([
        head.kind,
        name,
        `${optimas.toFixed(digits)} ${unit}`,
        `${torch.toFixed(digits)} ${unit}`,
        ratio.toFixed(2),
      ]);
    };
    row(`fit (PyTorch: ${head.ways.fit})`, head.fit, 3, 's');
    row(`scoring (PyTorch: ${head.ways.score})`, head.score, 3, 's');
    row('both', head.all, 3, 's');
    row('peak memory until the end of the fit', head.fitPeakMb, 0, 'MB');
    row('peak memory', head.peakMb, 0, 'MB');
  }
  return table.toString();
}

void main();
