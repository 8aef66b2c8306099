import { readdir, readFile } from 'node:fs/promises';
import type { Gantry, Servers } from './stage.ts';

/** What a process, with all that it has started and that still runs, has used. Linux only. */
export interface Usage {
  cpuMs: number;
  memoryMb: number;
}

const MS_PER_TICK = 10;
const BYTES_PER_PAGE = 4_096;

/** By process: the apps, the processes in which steps run counted with their worker, and the servers. */
export async function readUsage(servers: Servers, { system }: Gantry): Promise<Record<string, Usage>> {
  const all = await readProcesses();
  const roots = [
    ...system.processes.map(({ name, pid }): [string, number] => [name, pid]),
    ['redis', servers.redis.pid] as const,
    ['postgres', servers.postgres.pid] as const,
  ];
  return Object.fromEntries(roots.map(([name, pid]) => [name, usageOf(pid, all)]));
}

interface Process extends Usage {
  pid: number;
  parent: number;
}

function usageOf(pid: number, all: readonly Process[]): Usage {
  const own = all.filter((process) => process.pid === pid);
  const children = all.filter(({ parent }) => parent === pid).map((child) => usageOf(child.pid, all));
  const used = [...own, ...children];
  return {
    cpuMs: used.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    memoryMb: used.reduce((sum, { memoryMb }) => sum + memoryMb, 0),
  };
}

async function readProcesses(): Promise<Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return stats.filter((stat) => stat !== '').map(readStat);
}

/** /proc/<pid>/stat: what comes after the name, which may contain anything. CPU is that of children that ended, too. */
function readStat(stat: string): Process {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const number = (field: number) => Number(fields[field - 3]);
  return {
    pid: Number.parseInt(stat, 10),
    parent: number(4),
    cpuMs: (number(14) + number(15) + number(16) + number(17)) * MS_PER_TICK,
    memoryMb: (number(24) * BYTES_PER_PAGE) / 2 ** 20,
  };
}
