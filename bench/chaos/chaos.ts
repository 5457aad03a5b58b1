import type { RunPlan } from '../../core/run/plan';
import { blameOf } from './blame';
import { compareRuns, defects, type Comparison } from './compare-runs';
import { planKills, type Target } from './kill-plan';
import { observeRun } from './observe-run';
import { Site } from './site';

export interface ChaosOptions {
  /** Kills to make; reached by more runs than `runs` where those end too early. */
  kills: number;
  /** Of the kills, and of the runs: run n has seed `1000 * seed + n`. */
  seed: number;
  database: 'file' | 'postgres';
  /** Worker processes of a run. */
  workers: number;
  /** Runs over which the kills are spread. */
  runs: number;
  plan: Partial<RunPlan>;
  /** A bundle of the workflow code; made from the sources when absent. */
  bundlePath?: string;
  /** Milliseconds without progress after which a run counts as stalled; default 2 minutes. */
  stallMs?: number;
  say(line: string): void;
}

export interface ChaosReport extends Omit<Comparison, 'violations'> {
  kills: Partial<Record<Target, number>>;
  runs: number;
  minutes: number;
  /** Each with run and seed. */
  violations: string[];
}

/** Where runs end before their kills are made, this many times `runs` are enough. */
const patience = 5;

/** Kills processes at random in runs whose undisturbed twin is known, and reports what differs. @throws the signal's reason */
export async function chaos(options: ChaosOptions, signal: AbortSignal): Promise<ChaosReport> {
  const started = performance.now();
  const { say, stallMs = 120_000 } = options;
  const site = await Site.open(options);
  const report: ChaosReport = {
    kills: {},
    runs: 0,
    compared: 0,
    lost: 0,
    doubled: 0,
    paidTwice: 0,
    inFlight: 0,
    minutes: 0,
    violations: [],
  };
  const made = () => Object.values(report.kills).reduce((sum, count) => sum + count, 0);
  try {
    while (report.runs < patience * options.runs && (report.runs < options.runs || made() < options.kills)) {
      const index = report.runs++;
      const seed = 1_000 * options.seed + index;
      const blame = (violation: string) => {
        report.violations.push(`run ${index}, seed ${seed}: ${violation}`);
        say(`VIOLATION in run ${index}, seed ${seed}: ${violation}`);
      };
      const quota = Math.ceil((options.kills - made()) / Math.max(1, options.runs - index));
      const common = { seed, plan: options.plan, workers: options.workers, stallMs };
      try {
        const quiet = { kills: [], undisturbedRequests: 0, say };
        const reference = await observeRun(site, { ...common, ...quiet, label: `undisturbed-${seed}` }, signal);
        for (const defect of defects(reference)) blame(`undisturbed: ${defect}`);
        const undisturbedRequests = new Set(reference.arrivals.map(({ hash }) => hash)).size;
        say(`run ${index}, seed ${seed}: ${reference.decisions.length} decisions, ${undisturbedRequests} requests`);
        const plannedKills = planKills({
          ...options,
          run: index,
          kills: quota,
          database: site.postgres !== undefined,
        });
        const disturbed = await observeRun(
          site,
          { ...common, kills: plannedKills, undisturbedRequests, label: `disturbed-${seed}`, say },
          signal,
        );
        for (const { target } of disturbed.kills) {
          report.kills[target as Target] = (report.kills[target as Target] ?? 0) + 1;
        }
        const comparison = compareRuns(reference, disturbed);
        for (const sum of ['compared', 'lost', 'doubled', 'paidTwice', 'inFlight'] as const) {
          report[sum] += comparison[sum];
        }
        comparison.violations.forEach(blame);
      } catch (error) {
        const violation = blameOf(error);
        if (violation === undefined) throw error;
        blame(violation);
      }
    }
    if (made() < options.kills) report.violations.push(`only ${made()} of ${options.kills} kills could be made`);
  } finally {
    await site.close();
  }
  report.minutes = (performance.now() - started) / 60_000;
  return report;
}

/** The report as one line. */
export function figures(report: ChaosReport): string {
  const kills = Object.entries(report.kills).map(([target, count]) => `${target} ${count}`);
  const total = Object.values(report.kills).reduce((sum, count) => sum + count, 0);
  return [
    `${total} kills (${kills.join(', ')}) in ${report.runs} runs`,
    `${report.compared} decisions compared, ${report.lost} lost, ${report.doubled} doubled`,
    `${report.paidTwice} calls paid twice of ${report.inFlight} in flight`,
    `${report.violations.length} violations`,
    `${report.minutes.toFixed(1)} minutes`,
  ].join('; ');
}
