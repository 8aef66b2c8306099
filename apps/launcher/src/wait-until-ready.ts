import { setTimeout as delay } from 'node:timers/promises';
import { SettingsError, WRONG_SETTINGS_EXIT_CODE } from '@gantry/service/environment';
import type { KeptProcess } from './kept-process.ts';

const LIMIT_MS = 60_000;
const ANSWER_LIMIT_MS = 5_000;
const PAUSE_MS = 50;

/**
 * Resolves once the process says that it is ready. Throws with the last lines it wrote when it ends instead, or with what
 * it answers when it is not ready within a minute; with a SettingsError when a setting is wrong.
 */
export async function waitUntilReady(process: KeptProcess): Promise<void> {
  const settled = new AbortController();
  const ended = process.exited.then(async ({ code, signal }) => {
    const lines = (await process.lastLines()).join('\n');
    if (code === WRONG_SETTINGS_EXIT_CODE) throw new SettingsError(lines);
    throw new Error(`${process.name} ended while starting (${signal ?? code}):\n${lines}`);
  });
  try {
    await Promise.race([pollReadiness(process, settled.signal), ended]);
  } finally {
    settled.abort();
    ended.catch(() => undefined); // it ends one day; by then nobody waits for it
  }
}

async function pollReadiness({ name, url }: KeptProcess, settled: AbortSignal): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    const answer = await readiness(url);
    if (answer === 'ready' || settled.aborted) return;
    if (performance.now() > deadline) throw new Error(`${name} is not ready after ${LIMIT_MS / 1_000} s: ${answer}`);
    await delay(PAUSE_MS);
  }
}

async function readiness(url: string): Promise<string> {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    const body = await response.text();
    return response.ok ? 'ready' : body;
  } catch (error) {
    return String(error instanceof Error ? (error.cause ?? error) : error);
  }
}
