import type { LocalParts } from './local-parts';

/** V8's usual 16 MB for young objects are full, and collected, many times a second under a worker's calls. */
const youngObjects = '--max-semi-space-size=64';
const ownYoungObjects = /--max[-_]semi[-_]space[-_]size\b/;

/**
 * Environment of a worker process. A person's own settings win.
 *
 * With more room for young objects V8 collects them less often: a seventh less processor time (bench/README.md, Overhead).
 *
 * Fits run in threads that come and go, and glibc keeps what each thread freed in that thread's memory arena: with its usual
 * 16 arenas on two cores a worker with a new thread for every fit grew by 2.6 MB an iteration, with 2 by less than
 * 0.1 MB (bench/README.md, Soak). Other allocators ignore it.
 *
 * @param parts handed over to a process that is not to look for them itself.
 */
export function workerEnvironment(
  parts?: Pick<LocalParts, 'environment'>,
  environment: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  return {
    MALLOC_ARENA_MAX: environment['MALLOC_ARENA_MAX'] ?? '2',
    NODE_OPTIONS: nodeOptions(environment['NODE_OPTIONS'] ?? ''),
    ...parts?.environment,
  };
}

function nodeOptions(own: string): string {
  return ownYoungObjects.test(own) ? own : `${own} ${youngObjects}`.trimStart();
}
