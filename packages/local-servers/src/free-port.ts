import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

const PORT_ATTEMPTS = 5;

/** Below the ports that systems give to outgoing connections (Linux: 32768 and up): those are taken at any moment. */
const QUIET_PORTS = { first: 20_000, end: 32_768 } as const;

/** A port that nothing listens on now, on any address of this machine, and that no outgoing connection will take. */
export async function freePort(): Promise<number> {
  for (let attempt = 1; attempt <= PORT_ATTEMPTS; attempt += 1) {
    const port = randomInt(QUIET_PORTS.first, QUIET_PORTS.end);
    const isFree = await tryBinding(port).catch(() => false);
    if (isFree) return port;
  }
  return tryBinding(0);
}

/** `port` if it is free, otherwise another one. */
export async function preferPort(port: number): Promise<number> {
  return tryBinding(port).catch(freePort);
}

/** Starts a server on `port`; without one, on a free port, and again on another if somebody was quicker to take that. */
export async function startOnPort<T>(port: number | undefined, start: (port: number) => Promise<T>): Promise<T> {
  if (port !== undefined) return start(port);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort());
    } catch (error) {
      const taken = error instanceof Error && error.message.includes('Address already in use');
      if (!taken || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

/** Binds it on all addresses and on loopback: some systems allow the one while somebody else has the other. */
async function tryBinding(port: number): Promise<number> {
  const bound = await bindOnce(port);
  return bindOnce(bound, '127.0.0.1');
}

async function bindOnce(port: number, host?: string): Promise<number> {
  const server = createServer();
  server.listen({ port, host });
  await once(server, 'listening');
  const bound = (server.address() as AddressInfo).port;
  server.close();
  await once(server, 'close');
  return bound;
}
