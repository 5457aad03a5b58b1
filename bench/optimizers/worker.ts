import { benchPlan, finalCalls, measureRun, type RunRecord } from './measure-run';
import type { Task } from './run-tasks';

/** Measures one task after the other, and sends each record to the parent. */
async function measure({ system, seed, variants, calls, plan }: Task): Promise<void> {
  let spent = calls;
  // Ours first: random search may spend what it spent.
  for (const variant of [...variants].sort((a, b) => Number(b === 'ours') - Number(a === 'ours'))) {
    // Without a budget it would measure nothing but the baseline.
    if (variant === 'random' && spent === undefined) continue;
    const record: RunRecord = await measureRun(system, seed, variant, {
      ...(spent !== undefined && { calls: spent }),
      plan: { ...benchPlan, ...plan },
    });
    if (variant === 'ours') spent = finalCalls(record);
    process.send?.(record);
  }
  process.send?.('done');
}

process.on('message', (task: Task) => {
  measure(task).catch((error: unknown) => {
    process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
    process.exit(1);
  });
});
