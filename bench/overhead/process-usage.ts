import { readFileSync } from 'node:fs';

/** Clock ticks per second of `/proc/PID/stat`: 100 on every Linux that Node.js runs on. */
const ticksPerSecond = 100;

/** What a process has used so far. Children that it has waited for are not counted. */
export interface ProcessUsage {
  cpuSeconds: number;
  /** Resident memory, MB (2^20 bytes). */
  residentMb: number;
}

/** @throws Error on other systems than Linux, and for a process that has ended. */
export function processUsage(pid: number): ProcessUsage {
  if (process.platform !== 'linux') throw new Error('the benches read /proc: run them on Linux');
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may hold blanks; user and system time are the 14th and 15th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (resident === null) throw new Error(`process ${pid} has ended`);
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    residentMb: Number(resident[1]) / 1024,
  };
}
