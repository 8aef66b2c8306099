import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, vi } from 'vitest';

const HOLDER = `
import { spawn } from 'node:child_process';
import { leash } from ${JSON.stringify(new URL('../src/process-leash.ts', import.meta.url).href)};
const busy = spawn(process.execPath, ['--eval', 'for (;;);'], { detached: true, stdio: 'ignore' });
leash(busy.pid);
console.log(busy.pid);
`;

it('a process that heeds nothing ends when the one that leashed it is killed', async () => {
  const holder = spawn(process.execPath, ['--input-type=module', '--eval', HOLDER]);
  const [printed] = await once(holder.stdout, 'data');
  const busy = Number(printed);
  expect(isThere(busy)).toBe(true);
  holder.kill('SIGKILL');
  await vi.waitFor(() => expect(isThere(busy)).toBe(false), { timeout: 30_000 });
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
