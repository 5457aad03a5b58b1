import { createServer } from 'node:net';
import { ProcessError } from './process-error';

/** Resolves to true when `port` can be listened on at 127.0.0.1. */
export function portIsFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** A port that is free now. Another process may take it before it is used: the caller's start then fails and says so. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no port was assigned'));
        else resolve(address.port);
      });
    });
  });
}

/**
 * `wanted` when it is free, a free port when `wanted` is undefined. `option` names the setting that chooses another.
 * Throws ProcessError when `wanted` is taken.
 */
export async function choosePort(wanted: number | undefined, purpose: string, option: string): Promise<number> {
  if (wanted === undefined) return freePort();
  if (await portIsFree(wanted)) return wanted;
  throw new ProcessError(
    `port ${wanted} for ${purpose} is in use by another program: choose another with ${option}, or end that program`,
  );
}
