import { Command } from 'commander';
import Table from 'cli-table3';
import { benchPlan } from './overhead/bench-run';
import { throughTemporal, withoutTemporal, type Repeat } from './overhead/repeat';
import { spreadOf, summarizeHistories } from './overhead/summary';

/** What Temporal may cost: the ratio of the medians of wall clock. */
const largestRatio = 1.1;

/**
 * What Temporal costs: the same optimization through Temporal, and with the same activities in one process without it, in
 * turn. `npm run bench:overhead`
 */
async function main(): Promise<void> {
  const { repeats, check } = new Command('bench:overhead')
    .option('--repeats <n>', 'how often each way is run', Number, 5)
    .option('--check', `exit with 1 when the ratio is above ${largestRatio.toFixed(2)}`)
    .parse()
    .opts<{ repeats: number; check?: boolean }>();
  const runs: { temporal: Repeat[]; inProcess: Repeat[] } = { temporal: [], inProcess: [] };
  for (let index = 0; index < repeats; index++) {
    // Which of the two comes first alternates too: a machine that slows down would otherwise favour one.
    const order = [
      { name: 'Temporal', run: throughTemporal, into: runs.temporal },
      { name: 'in process', run: withoutTemporal, into: runs.inProcess },
    ];
    for (const { name, run, into } of index % 2 === 0 ? order : order.reverse()) {
      const repeat = await run();
      into.push(repeat);
      process.stdout.write(
        `${index + 1} ${name}: ${repeat.seconds.toFixed(2)} s, ${repeat.requests} requests, CPU ${shown(repeat.cpu)}\n`,
      );
    }
  }
  const problem = difference([...runs.temporal, ...runs.inProcess]);
  if (problem !== undefined) throw new Error(`the comparison is void: ${problem}`);
  report(runs.temporal, runs.inProcess, check === true);
}

/** What differs between runs that must be equal; undefined: nothing. */
function difference(repeats: readonly Repeat[]): string | undefined {
  const [first, ...others] = repeats;
  for (const other of others) {
    if (other.requests !== first?.requests) return `${first?.requests} and ${other.requests} requests were made`;
    const index = other.decisions.findIndex((decision, at) => decision !== first.decisions[at]);
    if (index >= 0) return `decisions differ:\n${first.decisions[index]}\n${other.decisions[index]}`;
    if (other.decisions.length !== first.decisions.length) {
      return `${first.decisions.length} and ${other.decisions.length} decisions were made`;
    }
  }
  return undefined;
}

function report(temporal: readonly Repeat[], inProcess: readonly Repeat[], check: boolean): void {
  const table = new Table({ style: { head: [], border: [] }, head: ['', 'min s', 'median s', 'max s', 'CPU s'] });
  const row = (name: string, repeats: readonly Repeat[]): number => {
    const { min, median, max } = spreadOf(repeats.map((repeat) => repeat.seconds));
    const kinds = Object.keys(repeats[0]?.cpu ?? {});
    const cpu = Object.fromEntries(
      kinds.map((kind) => [kind, spreadOf(repeats.map((repeat) => repeat.cpu[kind] ?? 0)).median]),
    );
    table.push([name, ...[min, median, max].map((seconds) => seconds.toFixed(2)), shown(cpu)]);
    return median;
  };
  const ratio = row('through Temporal', temporal) / row('in process', inProcess);
  process.stdout.write(`${table.toString()}\n`);

  const histories = temporal[0]?.histories ?? [];
  const iterations = summarizeHistories(histories.filter((history) => history.workflowType === 'iteration'));
  const own = summarizeHistories(histories.filter((history) => history.workflowType === 'optimization'));
  const kilobytes = (bytes: number): string => `${(bytes / 1_024).toFixed(0)} KiB`;
  process.stdout.write(
    `history of an iteration: mean ${iterations.meanEvents.toFixed(0)} events, ${kilobytes(iterations.meanBytes)}; ` +
      `largest ${iterations.largestEvents} events, ${kilobytes(iterations.largestBytes)}\n` +
      `history of the run: ${own.largestEvents} events, ${kilobytes(own.largestBytes)}\n`,
  );
  const met = ratio <= largestRatio;
  process.stdout.write(
    `overhead: ratio of medians ${ratio.toFixed(3)} (at most ${largestRatio.toFixed(2)}: ${met ? 'met' : 'missed'}), ` +
      `${temporal.length} repeats, ${benchPlan.iterations} iterations, ${temporal[0]?.requests} requests, ` +
      `${iterations.meanEvents.toFixed(0)} events and ${kilobytes(iterations.meanBytes)} of history per iteration\n`,
  );
  if (check && !met) process.exitCode = 1;
}

function shown(cpu: Readonly<Record<string, number>>): string {
  return Object.entries(cpu)
    .map(([name, seconds]) => `${name} ${seconds.toFixed(1)}`)
    .join(', ');
}

void main();
