import type { LocalParts } from './local-parts';

/**
 * Environment of a worker process.
 *
 * Fits run in threads that come and go, and glibc keeps what each thread freed in that thread's memory arena: with its usual
 * 16 arenas on two cores a worker with a new thread for every fit grew by 2.6 MB an iteration, with 2 by 0.07 MB
 * (bench/README.md, Soak). A person's own setting wins; other allocators ignore it. `parts` are handed over to a process that is
 * not to look for them itself.
 */
export function workerEnvironment(
  parts?: Pick<LocalParts, 'environment'>,
  environment: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  return { MALLOC_ARENA_MAX: environment['MALLOC_ARENA_MAX'] ?? '2', ...parts?.environment };
}
