import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const CHILD = fileURLToPath(new URL('../test/child.ts', import.meta.url));

/** A parent that starts the child with an IPC channel, does `then` with it, and writes what the child writes. */
function startParent(then = '') {
  const stdio = JSON.stringify(['ignore', 'inherit', 'inherit', 'ipc']);
  const child = `require('child_process').spawn(process.execPath, [${JSON.stringify(CHILD)}], { stdio: ${stdio} })`;
  return spawn(process.execPath, ['-e', child + then], { stdio: ['ignore', 'pipe', 'inherit'] });
}

test('a process gets SIGTERM when the parent that holds its channel is killed', async () => {
  const parent = startParent();
  const lines: string[] = [];
  for await (const line of createInterface(parent.stdout)) {
    lines.push(line);
    if (line === 'running') parent.kill('SIGKILL');
  }
  expect(lines).toEqual(['running', 'stopped by SIGTERM']);
});

test('a channel that closed while the process was loading counts too', async () => {
  const lines = await Array.fromAsync(createInterface(startParent('.disconnect()').stdout));
  expect(lines).toEqual(['running', 'stopped by SIGTERM']);
});
