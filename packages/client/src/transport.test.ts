import { expect, test } from 'vitest';
import { hangUp, json, refusing, scriptedServer } from '../test/scripted-server.ts';
import { GantryError } from './gantry-error.ts';
import { Transport } from './transport.ts';

const retry = { attempts: 3, baseMs: 1, maxMs: 1_000 };
const ok = json(200, { ok: true });

const transportTo = (url: string) => new Transport({ url: `${url}/`, apiKey: 'secret', retry });

test('without the address of a Gantry it says what it needs', () => {
  const notAddresses: (string | undefined)[] = [undefined, '127.0.0.1:3000', 'localhost:3000', 'http://'];
  for (const url of notAddresses) {
    expect(() => new Transport({ url } as { url: string })).toThrow(/^url: expected the address of a Gantry, such as /);
  }
});

test('a call that the api cannot take now is made again, whatever it does', async () => {
  const now = { 'retry-after': '0' };
  const server = await scriptedServer(
    refusing(503, 'DATABASE_UNAVAILABLE', now),
    refusing(429, 'TOO_MANY_REQUESTS', now),
    ok,
  );
  const answer = await transportTo(server.url).json({
    method: 'POST',
    path: '/api/x',
    body: { a: 1 },
    query: { q: ['b', 'c'] },
  });
  expect(answer).toEqual({ ok: true });
  expect(server.requests).toHaveLength(3);
  expect(server.requests[2]).toMatchObject({
    ...{ method: 'POST', url: '/api/x?q=b&q=c' },
    headers: { 'x-api-key': 'secret', 'content-type': 'application/json' },
  });
});

test('it gives up after so many attempts, and at once if it would have to wait for too long', async () => {
  const busy = await scriptedServer(refusing(503, 'EVENT_QUEUE_FULL'));
  await expect(transportTo(busy.url).json({ path: '/' })).rejects.toMatchObject({
    code: 'EVENT_QUEUE_FULL',
    status: 503,
  });
  expect(busy.requests).toHaveLength(3);

  const closed = await scriptedServer(refusing(429, 'TOO_MANY_REQUESTS', { 'retry-after': '60' }));
  await expect(transportTo(closed.url).json({ path: '/' })).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
  expect(closed.requests).toHaveLength(1);
});

test('a refusal is an error with its code, status and fields, and is not repeated', async () => {
  const server = await scriptedServer(refusing(400, 'BAD_REQUEST'));
  const error = await transportTo(server.url)
    .json({ path: '/' })
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(GantryError);
  expect(error).toMatchObject({
    ...{ name: 'GantryError', code: 'BAD_REQUEST', status: 400, message: 'because BAD_REQUEST' },
    errors: { field: 'is bad' },
  });
  expect(server.requests).toHaveLength(1);
});

test('without an answer only what is safe to do twice is done again', async () => {
  const writing = await scriptedServer(hangUp, ok);
  await expect(transportTo(writing.url).json({ method: 'POST', path: '/' })).rejects.toMatchObject({
    code: 'NO_ANSWER',
  });
  expect(writing.requests).toHaveLength(1);

  const reading = await scriptedServer(hangUp, hangUp, ok);
  expect(await transportTo(reading.url).json({ path: '/' })).toEqual({ ok: true });
  const repeatable = await scriptedServer(hangUp, ok);
  expect(await transportTo(repeatable.url).json({ method: 'PUT', path: '/', repeatable: true })).toEqual({ ok: true });
});

test('what is not a Gantry is said to be unexpected', async () => {
  const page = await scriptedServer((response) => response.end('<html>'));
  await expect(transportTo(page.url).json({ path: '/' })).rejects.toMatchObject({
    code: 'UNEXPECTED_ANSWER',
    status: 200,
  });
  const proxy = await scriptedServer((response) => response.writeHead(502).end('bad gateway'));
  await expect(transportTo(proxy.url).json({ path: '/' })).rejects.toMatchObject({
    code: 'UNEXPECTED_ANSWER',
    status: 502,
  });
});

test('an answer that does not come in time is none; a signal ends a call, and a pause between calls', async () => {
  const silent = await scriptedServer(() => {});
  const impatient = new Transport({ url: silent.url, apiKey: 'k', timeoutMs: 20, retry: { attempts: 1 } });
  await expect(impatient.json({ path: '/' })).rejects.toMatchObject({ code: 'NO_ANSWER' });

  const reason = new Error('enough');
  const stop = new AbortController();
  const call = transportTo(silent.url).json({ path: '/', signal: stop.signal });
  stop.abort(reason);
  await expect(call).rejects.toBe(reason);

  const later = new AbortController();
  const busy = await scriptedServer((response) => {
    response.writeHead(503, { 'retry-after': '1' }).end();
    setImmediate(() => later.abort(reason));
  });
  await expect(transportTo(busy.url).json({ path: '/', signal: later.signal })).rejects.toBe(reason);
  expect(busy.requests).toHaveLength(1);
});
