import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** What tells one process from every other that ever had its pid: pids are reused, start times of the same pid are not. */
export interface ProcessIdentity {
  parentPid: number;
  startedAt: string;
}

/** The identity of a running process, or undefined if no such process runs (a zombie has ended). */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

// https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: fields 3 (state), 4 (parent) and 22 (start, in ticks since boot).
async function fromProc(pid: number): Promise<ProcessIdentity | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The second field, the name in parentheses, may hold spaces and parentheses itself.
  const [state, parentPid, ...rest] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  const startedAt = rest[17];
  if (state === undefined || state === 'Z' || startedAt === undefined) return undefined;
  return { parentPid: Number(parentPid), startedAt };
}

async function fromPs(pid: number): Promise<ProcessIdentity | undefined> {
  const output = await execute('ps', ['-o', 'ppid=,stat=,lstart=', '-p', String(pid)]).catch(() => undefined);
  const [parentPid, state, ...startedAt] = output?.stdout.trim().split(/\s+/) ?? [];
  if (state === undefined || state.startsWith('Z')) return undefined;
  return { parentPid: Number(parentPid), startedAt: startedAt.join(' ') };
}
