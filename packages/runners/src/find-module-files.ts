import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Discovery } from './module-registry.ts';

const LIMIT_MS = 30_000;

/** Looks for module files in folders, in a thread that is ended then. Throws when a folder cannot be read, or after 30 s. */
export async function findModuleFiles(folders: string[], env: Record<string, string>): Promise<Discovery> {
  const thread = new Worker(new URL('./discover-thread.ts', import.meta.url), {
    workerData: folders,
    execArgv: [],
    env,
    // What module files print does not belong between the worker's own structured log lines.
    stdout: true,
    stderr: true,
  });
  const found = once(thread, 'message', { signal: AbortSignal.timeout(LIMIT_MS) });
  const exited = once(thread, 'exit').then(([code]) => {
    throw new Error(`the thread that looked for them exited with code: ${code}`);
  });
  try {
    const [discovery] = await Promise.race([found, exited]);
    return discovery;
  } finally {
    await thread.terminate();
  }
}
