import { noCost } from '../core/system/interpreter';
import { meanInterval } from '../core/validation/score-interval';
import type { EvaluationSummary, SummarizeInput } from './contracts';
import type { ActivityDependencies } from './dependencies';
import { inActivity } from './in-activity';
import { openRun } from './open-run';
import { shortText } from './short-text';
import { tracesOf } from './traces';

/** Mean score of what `evaluate` stored, and what an example costs. */
export function summarize(dependencies: ActivityDependencies, input: SummarizeInput): Promise<EvaluationSummary> {
  return inActivity(async () => {
    const { stores } = dependencies;
    const run = await openRun(dependencies, input.runId);
    const evaluations = await stores.evaluations.list(input);
    const failures = evaluations.flatMap((evaluation) => evaluation.failure ?? []);
    const commonFailure = commonest(failures);
    const nothingWorks =
      commonFailure === null || failures.length < evaluations.length
        ? undefined
        : `all ${evaluations.length} examples failed; most often: ${shortText(commonFailure, 600)}. Nothing can be learned from that: ` +
          `mend what fails and resume; if system '${run.resolved.system.name}' itself must change, cancel this run and start a new one`;
    const traces = [...(await tracesOf(stores, evaluations)).values()].map((traced) => traced.trace);
    const usages = traces.flatMap((trace) => [
      ...Object.values(trace.components).map((item) => item.usage),
      trace.metricUsage ?? noCost,
    ]);
    const perExample = (total: number): number => total / Math.max(1, traces.length);
    const sum = (of: (usage: (typeof usages)[number]) => number): number =>
      usages.reduce((all, usage) => all + of(usage), 0);
    const interval = meanInterval(evaluations.map((evaluation) => evaluation.score));
    return {
      mean: interval.mean,
      ci95: interval.ci95,
      n: interval.n,
      failures: failures.length,
      ...(nothingWorks !== undefined && { nothingWorks }),
      costPerExample: {
        calls: perExample(sum((usage) => usage.calls)),
        tokens: perExample(sum((usage) => usage.promptTokens + usage.completionTokens)),
        usd: perExample(sum((usage) => usage.usd)),
        wallClockMs: perExample(sum((usage) => usage.latencyMs)),
      },
    };
  });
}

function commonest(reasons: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? null;
}
