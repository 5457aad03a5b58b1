import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Arrival } from './scripted-endpoint-options';
import { typescriptFlags } from './typescript-flags';

/** A scripted endpoint in a process of its own, which ends when this process does. */
export interface EndpointProcess {
  /** Base URL for an OpenAI client. */
  readonly url: string;
  readonly pid: number;
  /** The requests so far without the first `skip`, in the order of arrival. */
  arrivals(skip?: number): Promise<Arrival[]>;
  setLatency(latencyMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the endpoint of `scriptedChain`: its replies are `scriptedReply`, a pure function of the request. */
export async function startEndpointProcess(options: { latencyMs: number }): Promise<EndpointProcess> {
  const child = spawn(
    process.execPath,
    [...typescriptFlags, join(__dirname, 'endpoint-main.ts'), String(options.latencyMs)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'exit');
  const line = await Promise.race([
    once(child.stdout, 'data').then(([chunk]) => String(chunk)),
    ended.then(() => Promise.reject(new Error('the scripted endpoint ended before it listened'))),
  ]);
  const { url, pid } = JSON.parse(line) as { url: string; pid: number };
  const control = async (what: string, body: unknown): Promise<unknown> => {
    const answer = await fetch(`${url.replace(/\/v1$/, '')}/control/${what}`, {
      method: 'PUT',
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`the scripted endpoint answered ${answer.status} to /control/${what}`);
    return answer.json();
  };
  return {
    url,
    pid,
    arrivals: async (skip = 0) => (await control('arrivals', skip)) as Arrival[],
    async setLatency(latencyMs) {
      await control('latency', latencyMs);
    },
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}
