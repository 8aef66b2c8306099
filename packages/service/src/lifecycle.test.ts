import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const APP = fileURLToPath(new URL('../test/app.ts', import.meta.url));

/** Runs the app with a fault, sends the signal once it is ready and once it says it is stopping, and returns its lines and how it ended. */
async function run(fault: string, signal?: NodeJS.Signals) {
  const child = spawn(process.execPath, [APP, fault], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (signal !== undefined && (line === 'ready' || line === 'stopping')) child.kill(signal);
  }
  const [code] = await exited;
  return { lines, code };
}

const ORDERLY = ['start a', 'start b', 'ready', 'stop b', 'stop a'];

test('starts in order and stops in the reverse on a signal, with code 0', async () => {
  expect(await run('none', 'SIGTERM')).toEqual({ lines: ORDERLY, code: 0 });
  expect(await run('none', 'SIGINT')).toEqual({ lines: ORDERLY, code: 0 });
});

test('the same Ctrl-C arriving twice, from the terminal and from npm, does not cut the stop short', async () => {
  expect(await run('slow', 'SIGINT')).toEqual({
    lines: ['start a', 'start b', 'ready', 'stopping', 'stop b', 'stop a'],
    code: 0,
  });
});

test('a start that fails stops what was started, with code 1', async () => {
  expect(await run('start')).toEqual({ lines: ['start a', 'stop b', 'stop a'], code: 1 });
});

test('an error nobody caught stops the app in order, with code 1', async () => {
  expect(await run('throws')).toEqual({ lines: ORDERLY, code: 1 });
  expect(await run('rejects')).toEqual({ lines: ORDERLY, code: 1 });
});

test('a stop that passes its deadline ends the process with code 1', async () => {
  expect(await run('hangs', 'SIGTERM')).toEqual({ lines: ['start a', 'start b', 'ready', 'stop b'], code: 1 });
});
