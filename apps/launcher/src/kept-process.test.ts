import { fileURLToPath } from 'node:url';
import { waitFor } from '@gantry/testkit/wait-for';
import { afterEach, expect, test } from 'vitest';
import { KeptProcess } from './kept-process.ts';
import { waitUntilReady } from './wait-until-ready.ts';

const APP = fileURLToPath(new URL('../test/app.ts', import.meta.url));
const started: KeptProcess[] = [];
afterEach(() => Promise.all(started.splice(0).map((process) => process.stop())));

/** Starts the test app; `lines` is what it writes. */
async function start(fault = '', stopLimitMs?: number) {
  const lines: string[] = [];
  const kept = await KeptProcess.start({
    name: 'app',
    entry: APP,
    env: { FAULT: fault },
    url: 'http://127.0.0.1:1',
    onLog: (name, line) => lines.push(`${name}: ${line}`),
    ...(stopLimitMs === undefined ? {} : { stopLimitMs }),
  });
  started.push(kept);
  const running = (times: number) => waitFor(() => lines.filter((line) => line === 'app: running').length === times);
  return { kept, lines, running };
}

const runs = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a process that was killed is started again, and said to be', async () => {
  const { kept, lines, running } = await start();
  await running(1);
  kept.keepRunning();
  const first = kept.pid;
  kept.kill('SIGKILL');
  await running(2);
  expect(kept.pid).not.toBe(first);
  expect(lines[1]).toMatch(/"signal":"SIGKILL","msg":"ended by itself: starting it again in 0.5 s"/);
  await kept.stop();
  expect(runs(kept.pid)).toBe(false);
});

test('a stop between the end of a process and its next start leaves nothing running', async () => {
  const { kept, lines, running } = await start();
  await running(1);
  kept.keepRunning();
  kept.kill('SIGKILL');
  await waitFor(() => lines.length === 2);
  await kept.stop();
  expect(lines).toHaveLength(2);
});

test('a process that does not stop in time is ended', async () => {
  const { kept, lines, running } = await start('ignores SIGTERM', 50);
  await running(1);
  await kept.stop();
  expect(await kept.exited).toEqual({ code: null, signal: 'SIGKILL' });
  expect(lines[1]).toContain('did not stop in time: ending it');
});

test('a process that ends while it is awaited is an error with what it wrote', async () => {
  const { kept } = await start('refuses to start');
  await expect(waitUntilReady(kept)).rejects.toThrow('app ended while starting (3):\ncannot start like this');
});
