import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parseAllowList } from './address-rules.ts';
import { createOutboundHttp } from './outbound-http.ts';
import type { OutboundRequest } from './outbound-request.ts';

/** A real server on loopback. `public.example` may be reached there; any other way to it is forbidden. */
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let seen: string[];
let port: number;
const server = createServer((request, response) => {
  seen.push(`${request.method} ${request.headers.host} ${request.url}`);
  answer(request, response);
});

const toLoopback: LookupFunction = (_host, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]);
const outbound = createOutboundHttp(parseAllowList(['public.example', 'other.example']), toLoopback);

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});

beforeEach(() => {
  seen = [];
  answer = (_request, response) => response.end('hello');
});

afterAll(async () => {
  await outbound.close();
  server.closeAllConnections();
  server.close();
});

const at = (host: string, path = '/') => `http://${host}:${port}${path}`;
const send = (path: string, request?: OutboundRequest) => outbound.request(at('public.example', path), request);
const redirectTo = (location: string, status = 302) => {
  answer = (request, response) => {
    if (request.url === '/redirect') response.writeHead(status, { location }).end();
    else request.pipe(response);
  };
};

test('a request goes out with its method, headers and body; any status is an answer', async () => {
  answer = (request, response) => {
    response.writeHead(418, { 'x-got': request.headers['x-sent'], 'set-cookie': ['a=1', 'b=2'] });
    request.pipe(response);
  };
  const headers = { 'x-sent': 'yes' };
  const response = await send('/tea?milk=no', { method: 'POST', headers, body: Readable.from(['one ', 'two']) });
  expect(await text(response.body)).toBe('one two');
  expect(response).toMatchObject({ status: 418, url: at('public.example', '/tea?milk=no') });
  expect(response.headers).toMatchObject({ 'x-got': 'yes', 'set-cookie': 'a=1, b=2' });
  expect(seen).toEqual([`POST public.example:${port} /tea?milk=no`]);
});

test.each(['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', 'inner.example'])(
  '%s is not connected to',
  async (host) => {
    await expect(outbound.request(at(host))).rejects.toMatchObject({ code: 'OUTBOUND_ADDRESS_FORBIDDEN' });
    expect(seen).toEqual([]);
  },
);

test.each(['127.0.0.1', '[::ffff:7f00:1]', 'inner.example'])('neither is %s by a redirect', async (host) => {
  redirectTo(at(host, '/secret'));
  await expect(send('/redirect')).rejects.toMatchObject({ code: 'OUTBOUND_ADDRESS_FORBIDDEN' });
  expect(seen).toEqual([`GET public.example:${port} /redirect`]);
});

test('the address that was checked is the one connected to, whatever the name resolves to next', async () => {
  answer = (_request, response) => response.setHeader('connection', 'close').end('hello');
  const answers = ['127.0.0.1', '127.0.0.9'];
  const rebinding: LookupFunction = (_host, _options, done) =>
    done(null, [{ address: answers.shift() ?? '127.0.0.9', family: 4 }]);
  const guarded = createOutboundHttp(parseAllowList(['127.0.0.1']), rebinding);
  expect(await text((await guarded.request(at('rebinding.example'))).body)).toBe('hello');
  expect(answers).toEqual(['127.0.0.9']);
  const again = guarded.request(at('rebinding.example'));
  await expect(again).rejects.toMatchObject({ code: 'OUTBOUND_ADDRESS_FORBIDDEN' });
  await guarded.close();
});

test('of several addresses only those are tried that may be', async () => {
  const mixed: LookupFunction = (_host, _options, done) =>
    done(null, [
      { address: '127.0.0.9', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ]);
  const guarded = createOutboundHttp(parseAllowList(['127.0.0.1']), mixed);
  expect(await text((await guarded.request(at('mixed.example'))).body)).toBe('hello');
  await guarded.close();
});

test('only allowed hosts are asked, by redirects too', async () => {
  const allowedHosts = ['public.example'];
  redirectTo(at('other.example'));
  await expect(send('/redirect', { allowedHosts })).rejects.toMatchObject({ code: 'OUTBOUND_HOST_FORBIDDEN' });
  const direct = outbound.request(at('other.example'), { allowedHosts });
  await expect(direct).rejects.toMatchObject({ code: 'OUTBOUND_HOST_FORBIDDEN' });
  expect(seen).toEqual([`GET public.example:${port} /redirect`]);
});

test('a redirect is followed; another host is not told the credentials', async () => {
  const got: (string | undefined)[] = [];
  answer = (request, response) => {
    got.push(request.headers.authorization);
    if (request.url === '/redirect') response.writeHead(302, { location: at('other.example', '/there') });
    response.end('there');
  };
  const response = await send('/redirect', { method: 'POST', body: '{}', headers: { authorization: 'secret' } });
  expect(await text(response.body)).toBe('there');
  expect(response.url).toBe(at('other.example', '/there'));
  expect(got).toEqual(['secret', undefined]);
  expect(seen.at(-1)).toBe(`GET other.example:${port} /there`);
});

test('a body is sent again where the redirect asks for it, unless it was a stream', async () => {
  redirectTo('/there', 307);
  const response = await send('/redirect', { method: 'PUT', body: 'again' });
  expect(await text(response.body)).toBe('again');
  const streamed = send('/redirect', { method: 'PUT', body: Readable.from(['once']) });
  await expect(streamed).rejects.toMatchObject({ code: 'OUTBOUND_REDIRECT_FORBIDDEN' });
});

test('redirects end', async () => {
  redirectTo('/redirect');
  await expect(send('/redirect')).rejects.toMatchObject({ code: 'OUTBOUND_REDIRECT_FORBIDDEN' });
  expect(seen).toHaveLength(6);
  expect((await send('/redirect', { maxRedirects: 0 })).status).toBe(302);
});

test('an answer that is too large is cut off', async () => {
  let cut = false;
  answer = (_request, response) => {
    response.on('close', () => {
      cut = true;
    });
    const pour = () => {
      while (response.write(Buffer.alloc(10_000)));
    };
    response.on('drain', pour);
    pour();
  };
  const response = await send('/', { maxResponseBytes: 50_000 });
  await expect(text(response.body)).rejects.toMatchObject({ code: 'OUTBOUND_RESPONSE_TOO_LARGE' });
  await expect.poll(() => cut).toBe(true);
});

test('no answer in time, not even the end of it, is an error', async () => {
  answer = () => undefined;
  await expect(send('/', { timeoutMs: 50 })).rejects.toMatchObject({ code: 'OUTBOUND_TIMED_OUT' });
  answer = (_request, response) => response.write('begun');
  const response = await send('/', { timeoutMs: 500 });
  await expect(text(response.body)).rejects.toMatchObject({ code: 'OUTBOUND_TIMED_OUT' });
});

test('an abort ends the request, or the answer, with its reason', async () => {
  const stop = new AbortController();
  answer = (request, response) => (request.url === '/' ? stop.abort(new Error('enough')) : response.write('begun'));
  await expect(send('/', { signal: stop.signal })).rejects.toThrow('enough');
  const later = new AbortController();
  const response = await send('/begun', { signal: later.signal });
  later.abort(new Error('enough of it'));
  await expect(text(response.body)).rejects.toThrow('enough of it');
});

test('what breaks is unreachable, what cannot be sent is invalid', async () => {
  answer = (_request, response) => response.destroy();
  await expect(send('/')).rejects.toMatchObject({ code: 'OUTBOUND_UNREACHABLE' });
  answer = (_request, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('begun', () => response.destroy());
  };
  const response = await send('/');
  await expect(text(response.body)).rejects.toMatchObject({ code: 'OUTBOUND_UNREACHABLE' });
  for (const url of ['ftp://public.example', 'not a url', 'http://me:secret@public.example']) {
    await expect(outbound.request(url)).rejects.toMatchObject({ code: 'OUTBOUND_REQUEST_INVALID' });
  }
  const split = send('/', { headers: { a: 'b\r\nc: d' } });
  await expect(split).rejects.toMatchObject({ code: 'OUTBOUND_REQUEST_INVALID' });
});
