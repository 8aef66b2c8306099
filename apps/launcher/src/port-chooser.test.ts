import { freePort } from '@gantry/local-servers/free-port';
import { expect, test } from 'vitest';
import { PortChooser } from './port-chooser.ts';

test('two processes that want the same port get different ones before either listens', async () => {
  const wanted = await freePort();
  const ports = new PortChooser();
  expect(await ports.choose(String(wanted))).toBe(wanted);
  expect(await ports.choose(String(wanted))).not.toBe(wanted);
  expect(await ports.choose('0')).toBeGreaterThan(0);
  expect(await ports.choose(undefined)).toBeGreaterThan(0);
});
