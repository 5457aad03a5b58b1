import type { RunPhase } from '../../core/run/run-phase';

/** Waits until a condition holds. @throws after `timeoutMs` (default 120 s), so that a test fails with its place. */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs = 120_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      if (await condition()) return;
    } catch (error) {
      // The run may not answer queries yet.
      if (Date.now() > deadline) throw error;
    }
    if (Date.now() > deadline) throw new Error(`the condition did not come true within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const phases: readonly RunPhase[] = [
  'prepare',
  'baseline',
  'preference-data',
  'rewards',
  'iterations',
  'final-test',
  'done',
];

/** Waits until a run is in a phase or past it: a short one may be over before it is seen. */
export async function untilPhase(
  client: { progress(runId: string): Promise<{ phase: RunPhase }> },
  runId: string,
  phase: RunPhase,
): Promise<void> {
  await until(async () => phases.indexOf((await client.progress(runId)).phase) >= phases.indexOf(phase));
}
