import type { Spend } from '../../core/run/budget';
import type { SpendStore } from '../../storage';

/** What a run has paid for: its model calls. Component calls are counted apart and cost nothing by themselves. */
export async function modelSpend(spend: SpendStore, runId: string): Promise<Spend> {
  const lines = (await spend.breakdown(runId)).filter((line) => line.kind !== 'component');
  const sum = (of: (line: (typeof lines)[number]) => number): number => lines.reduce((all, line) => all + of(line), 0);
  return {
    calls: sum((line) => line.calls),
    tokens: sum((line) => line.promptTokens + line.completionTokens),
    usd: sum((line) => line.usd),
  };
}
