import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const KIB = 1024;
const run = promisify(execFile);

/** The bytes that each of some processes holds in memory, of whatever sort; those that are gone are left out. */
export async function residentMemory(pids: readonly number[]): Promise<Map<number, number>> {
  if (pids.length === 0) return new Map();
  const held = process.platform === 'linux' ? await Promise.all(pids.map(fromProc)) : await fromPs(pids);
  return new Map(held.filter((one) => one !== null));
}

async function fromProc(pid: number): Promise<[number, number] | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [, kib] = /^VmRSS:\s+(\d+)/m.exec(status) ?? [];
  return kib === undefined ? null : [pid, Number(kib) * KIB];
}

async function fromPs(pids: readonly number[]): Promise<[number, number][]> {
  const { stdout } = await run('ps', ['-o', 'pid=,rss=', '-p', pids.join(',')]).catch(() => ({ stdout: '' }));
  return [...stdout.matchAll(/(\d+)\s+(\d+)/g)].map(([, pid, kib]) => [Number(pid), Number(kib) * KIB]);
}
