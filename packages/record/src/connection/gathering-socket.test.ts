import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { waitFor } from '@gantry/testkit/wait-for';
import { expect, onTestFinished, test } from 'vitest';
import { GatheringSocket } from './gathering-socket.ts';

type Chunks = { chunk: Buffer }[];

/** Notes what it hands over to the system, in the pieces that it does. */
class NotingSocket extends GatheringSocket {
  readonly pieces: string[] = [];

  override _write(chunk: Buffer, encoding: BufferEncoding, done: () => void): void {
    this.pieces.push(String(chunk));
    super._write(chunk, encoding, done);
  }

  override _writev(chunks: Chunks, done: () => void): void {
    this.pieces.push(chunks.map(({ chunk }) => String(chunk)).join(''));
    super._writev?.(chunks as Parameters<NonNullable<Socket['_writev']>>[0], done);
  }
}

test('what is written while others take their turn goes out in one piece, and in order', async () => {
  let arrived = '';
  const server = createServer((peer: Socket) => peer.on('data', (data) => (arrived += data.toString())));
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const socket = new NotingSocket().setNoDelay();
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
  await waitFor(() => arrived.includes('secondc'));
  const inOrder = 'firsta seconda firstb secondb firstc secondc ';
  expect({ arrived, pieces: socket.pieces }).toEqual({ arrived: inOrder, pieces: [inOrder] });
});
