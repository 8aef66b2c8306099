import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A system on this machine that takes messages; it prints each, and ends with the sample. */
export async function startMessageTaker(): Promise<{ url: string } & Disposable> {
  const server = createServer(async (request, response) => {
    console.log('taken:', JSON.stringify(await json(request)));
    response.writeHead(204).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    [Symbol.dispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
