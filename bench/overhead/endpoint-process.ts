import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { RequestCounts } from '../../test/support/scripted-endpoint-options';
import { typescriptFlags } from '../../test/support/typescript-flags';

/** The scripted endpoint as a process of its own; it ends when this one does. */
export interface EndpointProcess {
  url: string;
  requests(): Promise<RequestCounts>;
  close(): Promise<void>;
}

export async function startEndpoint(latencyMs: number): Promise<EndpointProcess> {
  const child = spawn(
    process.execPath,
    [
      ...typescriptFlags,
      path.join(__dirname, '../../test/support/scripted-endpoint-process.ts'),
      ...['--options', JSON.stringify({ latencyMs, keepRequests: 1 })],
      ...['--module', path.join(__dirname, 'endpoint-replies.ts'), '--until-stdin-ends'],
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'exit');
  const [line] = (await Promise.race([
    once(child.stdout, 'data'),
    ended.then(() => Promise.reject(new Error('the scripted endpoint ended before it listened'))),
  ])) as [Buffer];
  const { url } = JSON.parse(line.toString()) as { url: string };
  return {
    url,
    async requests() {
      const reply = await fetch(new URL('/control/requests', url));
      return ((await reply.json()) as { requests: RequestCounts }).requests;
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
