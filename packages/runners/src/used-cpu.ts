import { readFileSync } from 'node:fs';

/** Seconds of CPU that a process has used. Infinite where the system does not tell: whoever has a limit has reached it. */
export function usedCpu(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
