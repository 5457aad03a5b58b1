import { canonicalJson } from '../system/canonical-json';
import type { Candidate } from './candidate';

/**
 * The newest of the base candidates, or of all where there is none: what the incumbent gave for these inputs. Does not depend
 * on the order of `group`.
 */
export function newestBase(group: readonly Candidate[]): Candidate {
  const [newest] = [...group].sort(
    (a, b) =>
      Number(b.origin === 'base') - Number(a.origin === 'base') ||
      b.iteration - a.iteration ||
      compare(a.configurationHash, b.configurationHash) ||
      compare(canonicalJson(a.outputs), canonicalJson(b.outputs)),
  );
  return newest as Candidate;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
