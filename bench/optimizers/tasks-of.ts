import { finalCalls, type RunRecord } from './measure-run';
import type { Task } from './run-tasks';
import type { VariantName } from './variant';

/** The variants that targets compare. */
const compared: readonly VariantName[] = ['ours', 'no-lrf', 'random'];

/**
 * Seeds in turn over all systems, so that a bench that is broken off has measured all of them alike. Random search is left out where
 * ours was not measured and is not about to be: what it may spend is unknown.
 *
 * @param options.seeds of the compared variants on the finite systems; `others`: of all the rest.
 */
export function tasksOf(options: {
  seeds: number;
  others: number;
  systems: readonly string[];
  variants: readonly VariantName[];
  known: readonly RunRecord[];
}): Task[] {
  const known = new Map(options.known.map((record) => [`${record.system}/${record.seed}/${record.variant}`, record]));
  const tasks: Task[] = [];
  for (let seed = 0; seed < Math.max(options.seeds, options.others); seed++) {
    for (const system of options.systems) {
      const finite = system.includes('-');
      const ours = known.get(`${system}/${seed}/ours`);
      const missing = options.variants.filter((variant) => {
        const seeds = finite && compared.includes(variant) ? options.seeds : options.others;
        return seed < seeds && !known.has(`${system}/${seed}/${variant}`);
      });
      const budgeted = ours !== undefined || missing.includes('ours');
      const variants = missing.filter((variant) => variant !== 'random' || budgeted);
      if (variants.length === 0) continue;
      tasks.push({ system, seed, variants, ...(ours !== undefined && { calls: finalCalls(ours) }) });
    }
  }
  return tasks;
}
