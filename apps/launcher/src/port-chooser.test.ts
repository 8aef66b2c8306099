import { freePort, preferPort } from '@gantry/local-servers/free-port';
import { expect, test } from 'vitest';
import { PortChooser } from './port-chooser.ts';

test('processes that want the same port get it and those after it, before any listens', async () => {
  const wanted = await firstOfThreeFree();
  const ports = new PortChooser();
  expect(await ports.choose(String(wanted))).toBe(wanted);
  expect(await ports.choose(String(wanted))).toBe(wanted + 1);
  expect(await ports.choose(String(wanted))).toBe(wanted + 2);
  expect(await ports.choose('0')).toBeGreaterThan(0);
  expect(await ports.choose(undefined)).toBeGreaterThan(0);
});

async function firstOfThreeFree(): Promise<number> {
  for (;;) {
    const first = await freePort();
    const next = await Promise.all([preferPort(first + 1), preferPort(first + 2)]);
    if (next[0] === first + 1 && next[1] === first + 2) return first;
  }
}
