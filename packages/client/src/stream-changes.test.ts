import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { refusing, scriptedServer } from '../test/scripted-server.ts';
import { streamChanges } from './stream-changes.ts';
import { Transport } from './transport.ts';

const PATH = '/api/executions/e/events';

const stream =
  (...frames: string[]) =>
  (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(['retry: 1\n\n', ...frames].join(''));
    return response;
  };

const change = (id: number) => `id: ${id}-0\ndata: {"changeSequence":${id}}\n\n`;

async function take(url: string, count: number, signal?: AbortSignal): Promise<unknown[]> {
  const transport = new Transport({ url, apiKey: 'k', retry: { attempts: 1 } });
  const seen: unknown[] = [];
  for await (const each of streamChanges(transport, PATH, { signal })) {
    if (seen.push(each) === count) break;
  }
  return seen;
}

test('a stream that breaks off is taken up again after the last change, also after refusals that pass', async () => {
  const server = await scriptedServer(
    (response) => setImmediate((open: ServerResponse) => open.destroy(), stream(change(1), change(2))(response)),
    refusing(503, 'TOO_MANY_WATCHERS'),
    (response) => void stream(change(3), ': alive\nid: 9-0\n\n')(response).end(),
    (response) =>
      void stream('event: error\ndata: {"status":429,"code":"WATCHER_TOO_SLOW","detail":"slow"}\n\n')(response).end(),
    (response) => void stream('event: reset\ndata: {}\n\n', change(10))(response),
  );
  expect(await take(server.url, 5)).toEqual([
    ...[{ changeSequence: 1 }, { changeSequence: 2 }, { changeSequence: 3 }],
    ...['reset', { changeSequence: 10 }],
  ]);
  expect(server.requests.map(({ headers }) => headers['last-event-id'])).toEqual([
    undefined,
    '2-0',
    '2-0',
    '9-0',
    '9-0',
  ]);
});

test('a stream that cannot be opened, or is ended for good, is an error', async () => {
  const closed = await scriptedServer(refusing(404, 'NOT_FOUND'));
  await expect(take(closed.url, 1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const revoked = await scriptedServer(
    (response) => void stream(change(1), 'event: error\ndata: {"status":401,"code":"UNAUTHORIZED"}\n\n')(response),
  );
  await expect(take(revoked.url, 2)).rejects.toMatchObject({ code: 'UNAUTHORIZED', status: 401 });
});

test('a stream that the api says is finished is over', async () => {
  const server = await scriptedServer(
    (response) => void stream(change(1), 'event: finished\nid: end\ndata: {}\n\n')(response).end(),
  );
  expect(await take(server.url, 5)).toEqual([{ changeSequence: 1 }]);
  expect(server.requests).toHaveLength(1);
});

test('a signal ends it, and who reads no further closes the connection', async () => {
  const stop = new AbortController();
  const quiet = await scriptedServer((response) => {
    stream()(response);
    setImmediate(() => stop.abort(new Error('enough')));
  });
  await expect(take(quiet.url, 1, stop.signal)).rejects.toThrow('enough');

  const closed = Promise.withResolvers<void>();
  const server = await scriptedServer((response) => {
    response.on('close', closed.resolve);
    stream(change(1))(response);
  });
  await take(server.url, 1);
  await closed.promise;
});
