import { setTimeout as sleep } from 'node:timers/promises';
import type { TemporalStack } from '../overhead/temporal-stack';
import { processUsage } from '../overhead/process-usage';

/** Where a run stood at one moment, and what it used. */
export interface Sample {
  seconds: number;
  iterations: number;
  /** Resident memory, MB. */
  worker: number;
  server: number;
  /** CPU seconds of the worker since its start. */
  workerCpu: number;
}

/** A run that neither finishes anything nor enters another phase for so long will not. */
const stalledMs = 180_000;

/**
 * Samples a run in its iterations every few seconds until `signal` is aborted. A moment at which it does not answer is left
 * out.
 *
 * @throws Error with what the run says of itself when it is paused or does not get on for 3 minutes.
 */
export async function watchRun(
  { client, workerPid, serverPid }: TemporalStack,
  runId: string,
  options: { everyMs: number; signal: AbortSignal; onSample: (sample: Sample) => void },
): Promise<Sample[]> {
  const samples: Sample[] = [];
  const started = performance.now();
  let last = { state: '', since: started };
  while (!options.signal.aborted) {
    await sleep(options.everyMs, undefined, { signal: options.signal }).catch(() => {});
    const progress = await client.progress(runId).catch(() => undefined);
    if (options.signal.aborted) break;
    const now = performance.now();
    const state = JSON.stringify([progress?.phase, progress?.iterationsDone, progress?.step, progress?.done]);
    if (state !== last.state) last = { state, since: now };
    if (progress?.status === 'paused' || now - last.since > stalledMs) {
      throw new Error(`the run does not get on: ${JSON.stringify(progress?.paused ?? progress ?? 'no answer')}`);
    }
    if (progress?.phase !== 'iterations') continue;
    const worker = processUsage(workerPid);
    const sample = {
      seconds: (now - started) / 1_000,
      iterations: progress.iterationsDone,
      worker: worker.residentMb,
      workerCpu: worker.cpuSeconds,
      server: processUsage(serverPid).residentMb,
    };
    samples.push(sample);
    options.onSample(sample);
  }
  return samples;
}
