import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** A loopback port that nothing listens on now. */
export async function freePort(): Promise<number> {
  return bindOnce(0);
}

/** `port` if nothing listens on it on any address of this machine, otherwise another free one. */
export async function preferPort(port: number): Promise<number> {
  return bindOnce(port).catch(freePort);
}

async function bindOnce(port: number): Promise<number> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const bound = (server.address() as AddressInfo).port;
  server.close();
  await once(server, 'close');
  return bound;
}
