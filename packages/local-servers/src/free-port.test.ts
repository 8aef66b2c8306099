import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { freePort, preferPort, startOnPort } from './free-port.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(port: number, host?: string): Promise<void> {
  const server = createServer();
  servers.push(server);
  server.listen({ port, host });
  await once(server, 'listening');
}

test('a free port is none that an outgoing connection is given by Linux', async () => {
  for (let round = 0; round < 5; round += 1) expect(await freePort()).toBeLessThan(32_768);
});

test('a preferred port is given if it is free', async () => {
  const port = await freePort();
  expect(await preferPort(port)).toBe(port);
});

test.each([undefined, '127.0.0.1'])('another port is given if somebody listens on it (address: %s)', async (host) => {
  const port = await freePort();
  await listen(port, host);
  const other = await preferPort(port);
  expect(other).not.toBe(port);
  await listen(other);
});

test('a server whose free port was taken in the meantime is started on another one', async () => {
  const tried: number[] = [];
  const start = async (port: number) => {
    tried.push(port);
    if (tried.length < 3) throw new Error('bind: Address already in use');
    return port;
  };
  expect(await startOnPort(undefined, start)).toBe(tried[2]);
  expect(tried).toHaveLength(3);
});

test('a port that was asked for is not changed silently', async () => {
  const start = () => Promise.reject(new Error('bind: Address already in use'));
  await expect(startOnPort(4711, start)).rejects.toThrow('Address already in use');
});
