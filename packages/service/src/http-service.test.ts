import { once } from 'node:events';
import { Agent, get, type IncomingMessage, type RequestListener } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createHttpService, type HttpServiceOptions } from './http-service.ts';
import { createLogger } from './logger.ts';
import type { Service } from './service.ts';

const services: Service[] = [];
afterEach(async () => {
  for (const service of services.splice(0)) await service.stop();
});

async function serve(handler: RequestListener, options: Partial<HttpServiceOptions> = {}) {
  const logger = createLogger({ name: 'test', level: 'silent' });
  const service = createHttpService({ name: 'http', handler, host: '127.0.0.1', port: 0, logger, ...options });
  services.push(service);
  await service.start();
  return service.port;
}

function open(port: number): Socket {
  return connect(port, '127.0.0.1').on('error', () => {});
}

test('a body that hardly comes is cut; one that waits for the server, and an answer that takes long, are not', async () => {
  const cut = Promise.withResolvers<void>();
  const port = await serve(
    async (request, response) => {
      if (request.url === '/slow') return void request.resume();
      await cut.promise;
      const size = (await request.toArray()).reduce((sum, chunk: Buffer) => sum + chunk.length, 0);
      response.end(String(size));
    },
    { lookMs: 20 },
  );
  const busy = fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'x'.repeat(1_000_000) });

  const slow = open(port);
  slow.write('POST /slow HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n');
  const dripping = setInterval(() => slow.write('x'), 50);
  const closed = new Promise((resolve) => slow.once('close', resolve));
  let answer = '';
  slow.on('data', (chunk) => (answer += chunk));
  await closed;
  clearInterval(dripping);
  cut.resolve();
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(await (await busy).text()).toBe('1000000');
});

test('when there are too many connections, one that idles goes for a new one, first those of strangers', async () => {
  const port = await serve((_request, response) => response.end('served'), {
    maxConnections: 2,
    isTrusted: ({ headers }) => headers['x-api-key'] !== undefined,
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = async () => {
    const request = get({ port, host: '127.0.0.1', agent, headers: { 'x-api-key': 'k' } });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    await once(response, 'end');
    return { reused: request.reusedSocket };
  };
  await ask();
  const stranger = open(port);
  await once(stranger, 'connect');
  const gone = once(stranger, 'close');
  const another = open(port);
  await gone;
  expect(await ask()).toEqual({ reused: true });
  another.destroy();
  agent.destroy();
});
