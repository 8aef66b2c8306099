import { writeSync } from 'node:fs';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

/** What the guard writes on its pipe before it kills the process. */
export const TOO_MUCH_MEMORY = 'memory';
const GUARD_FD = 4;
const LOOK_EVERY_MS = 100;

/**
 * A thread that watches over its process, also while a step keeps the main thread busy: it kills the process when that
 * holds too much memory, of whatever sort, and when its worker is gone.
 */
export function startGuard(maxRssBytes: number): Worker {
  const guard = new Worker(new URL(import.meta.url), {
    workerData: { maxRssBytes, parent: process.ppid },
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 16 },
  });
  guard.unref();
  return guard;
}

// Kept from before any module ran.
const kill = process.kill.bind(process);
const { pid } = process;

/** Kills the process and whatever a module started in its group. */
export function killGroup(): void {
  kill(-pid, 'SIGKILL');
}

function watch({ maxRssBytes, parent }: { maxRssBytes: number; parent: number }): void {
  setInterval(() => {
    if (process.ppid !== parent) killGroup();
    if (process.memoryUsage.rss() <= maxRssBytes) return;
    writeSync(GUARD_FD, TOO_MUCH_MEMORY);
    killGroup();
  }, LOOK_EVERY_MS);
}

if (!isMainThread) watch(workerData);
