import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { waitFor } from '@gantry/testkit/wait-for';
import { expect, onTestFinished, test } from 'vitest';
import { GatheringSocket } from './gathering-socket.ts';

test('what is written while others take their turn arrives in one piece, and in order', async () => {
  const pieces: string[] = [];
  const server = createServer((peer: Socket) => peer.on('data', (data) => pieces.push(data.toString())));
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const socket = new GatheringSocket().setNoDelay();
  onTestFinished(() => void socket.destroy());
  socket.connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
  await once(socket, 'connect');
  const turn = async (name: string) => {
    for (const part of ['a', 'b', 'c']) {
      await Promise.resolve();
      socket.write(`${name}${part} `);
    }
  };
  await Promise.all([turn('first'), turn('second')]);
  await waitFor(() => pieces.join('').includes('secondc'));
  expect(pieces).toEqual(['firsta seconda firstb secondb firstc secondc ']);
});
