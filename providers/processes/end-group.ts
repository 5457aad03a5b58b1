import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 50;

/**
 * Ends a process group (the leader's pid names it): SIGTERM, and after `graceMs` SIGKILL for what is left. On Windows,
 * which has no groups, only the leader is ended.
 */
export async function endGroup(pid: number, graceMs: number): Promise<void> {
  const deadline = performance.now() + graceMs;
  let signalled = signalGroup(pid, 'SIGTERM');
  while (signalled && performance.now() < deadline) {
    await sleep(pollMs);
    signalled = signalGroup(pid, 0);
  }
  if (signalled) signalGroup(pid, 'SIGKILL');
}

/** Returns false when the group has ended. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // macOS answers EPERM for a group whose processes have all ended and wait to be reaped.
    if (code === 'ESRCH' || code === 'EPERM') return false;
    throw error;
  }
}
