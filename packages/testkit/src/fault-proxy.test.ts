import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { waitFor } from './wait-for.ts';

const LARGE = 64 * 1024 * 1024;

let echo: { port: number; received: () => number; connections: () => number; stop: () => void };
let proxy: FaultProxy;
let clients: Socket[];

beforeEach(async () => {
  let received = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.on('data', (data) => {
      received += data.length;
      if (data.length < 1024) socket.write(data);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  echo = {
    port,
    received: () => received,
    connections: () => sockets.size,
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  proxy = await startFaultProxy({ host: '127.0.0.1', port });
  clients = [];
});

afterEach(async () => {
  for (const client of clients) client.destroy();
  await proxy.stop();
  echo.stop();
});

function client(): Socket & { said: () => string } {
  let said = '';
  const socket = connect({ host: '127.0.0.1', port: proxy.port, noDelay: true });
  socket
    .on('error', () => undefined)
    .on('data', (data) => {
      said += data.toString();
    });
  clients.push(socket);
  return Object.assign(socket, { said: () => said });
}

const closed = (socket: Socket) => waitFor(() => socket.closed);

/** Resolves after a round trip past the proxy, so that what it would have let pass has passed. */
async function roundTrip(): Promise<void> {
  const direct = connect({ host: '127.0.0.1', port: echo.port });
  direct.write('direct');
  await once(direct, 'data');
  direct.destroy();
}

test('passes what is said, and the end of it, both ways', async () => {
  const socket = client();
  socket.write('hello');
  await waitFor(() => socket.said() === 'hello');
  socket.end();
  await closed(socket);
  await waitFor(() => echo.connections() === 0);
});

test('while it hangs nothing passes and nothing is closed; healed, all of it arrives in order', async () => {
  const before = client();
  before.write('a');
  await waitFor(() => before.said() === 'a');
  proxy.hang();
  const after = client();
  await once(after, 'connect');
  before.write('b');
  after.write('c');
  await roundTrip();
  expect([before.said(), after.said(), before.closed, after.closed]).toEqual(['a', '', false, false]);
  proxy.heal();
  await waitFor(() => before.said() === 'ab' && after.said() === 'c');
});

test('what is sent while it hangs is not read without end', async () => {
  const socket = client();
  socket.write('a');
  await waitFor(() => socket.said() === 'a');
  proxy.hang();
  socket.write(Buffer.alloc(LARGE));
  await roundTrip();
  expect(socket.writableLength).toBeGreaterThan(0);
  proxy.heal();
  await waitFor(() => echo.received() >= LARGE);
});

test('a stranded connection stays silent and open, a new one passes', async () => {
  const old = client();
  old.write('a');
  await waitFor(() => old.said() === 'a');
  proxy.strand();
  old.write('b');
  const fresh = client();
  fresh.write('c');
  await waitFor(() => fresh.said() === 'c');
  proxy.heal();
  fresh.write('d');
  await waitFor(() => fresh.said() === 'cd');
  expect([old.said(), old.closed]).toEqual(['a', false]);
});

test('cut resets what is connected; refuse resets new connections too, until healed', async () => {
  const old = client();
  old.write('a');
  await waitFor(() => old.said() === 'a');
  proxy.cut();
  await closed(old);
  const next = client();
  next.write('b');
  await waitFor(() => next.said() === 'b');
  proxy.refuse();
  await closed(next);
  await closed(client());
  proxy.heal();
  const last = client();
  last.write('c');
  await waitFor(() => last.said() === 'c');
});

test('slow data comes late and in order', async () => {
  proxy.slow(5);
  const socket = client();
  for (const letter of 'abc') {
    socket.write(letter);
    await roundTrip();
  }
  await waitFor(() => socket.said() === 'abc');
});
