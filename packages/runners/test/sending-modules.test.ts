import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import type { JsonObject } from '@gantry/domain/json';
import { parseAllowList } from '@gantry/outbound/address-rules';
import { newWebhookSecret, signWebhook } from '@gantry/outbound/webhook-signature';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StepRequest } from '../src/step-result.ts';
import { type NodeEngine, startNodeEngine } from './node-engine.ts';
import { step } from './runtime-fixture.ts';

/** Requests as they came. */
let requests: { method: string; url: string; headers: IncomingHttpHeaders; body: string }[];
let server: Server;
let base: string;
let contentDir: string;
let runtime: NodeEngine;
const SECRETS: Record<string, string> = { HOOK: newWebhookSecret(), BROKEN: 'whsec_?', TOKEN: 'a-token-to-hide' };

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    requests.push({ method, url, headers, body: await text(request) });
    const answer = ANSWERS[url] ?? { status: 404 };
    const { status = 200, type, body = '', location, retryAfter } = answer;
    response
      .writeHead(status, {
        ...(type && { 'content-type': type }),
        ...(location && { location }),
        ...(retryAfter && { 'retry-after': retryAfter }),
      })
      .end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  contentDir = await mkdtemp(join(tmpdir(), 'gantry-sending-'));
  runtime = await startNodeEngine({
    modulesDirs: [],
    contents: createFolderContentStore(contentDir),
    slots: 1,
    secrets: async (name) => SECRETS[name],
    outboundAllow: parseAllowList(['127.0.0.1']),
    logger: { info: () => {}, warn: () => {} },
  });
});

beforeEach(() => {
  requests = [];
});

afterAll(async () => {
  await runtime.close();
  server.close();
  await rm(contentDir, { recursive: true });
});

const ANSWERS: Record<
  string,
  { status?: number; type?: string; body?: string; location?: string; retryAfter?: string }
> = {
  '/json': { type: 'application/json', body: '{"pages": 4}' },
  '/text': { type: 'text/plain', body: 'hello' },
  '/broken': { type: 'application/json', body: '{' },
  '/file': { type: 'application/pdf', body: '%PDF-1.4' },
  '/away': { status: 503, body: 'later', retryAfter: '7' },
  '/inside': { status: 302, location: 'http://10.0.0.1/' },
  '/hook': { status: 204 },
};

function run(slug: string, options: JsonObject, more: Partial<StepRequest> = {}) {
  return runtime.run(step(`gantry/${slug}`, options, more));
}

describe('http-request', () => {
  it('gives the answer: JSON, a text, or a file that it keeps', async () => {
    expect(await run('http-request', { url: `${base}/json` })).toMatchObject({
      output: { status: 200, headers: { 'content-type': 'application/json' }, body: { pages: 4 } },
    });
    expect(await run('http-request', { url: `${base}/text` })).toMatchObject({ output: { body: 'hello' } });
    const kept = await run('http-request', { url: `${base}/file` });
    expect(kept).toMatchObject({ output: { status: 200, bytes: 8 } });
    const { contentRef } = (kept.outcome === 'succeeded' ? kept.output : {}) as { contentRef: string };
    const contents = createFolderContentStore(contentDir).forOrganization('acme');
    expect(Buffer.from(await contents.read(contentRef)).toString()).toBe('%PDF-1.4');
  });

  it('sends what it is told to, with credentials that nobody else sees', async () => {
    const headers = { Authorization: 'Bearer ${secrets.TOKEN}', 'X-Kind': 'a' };
    await run('http-request', { url: `${base}/json`, method: 'POST', headers, body: { a: 1 } });
    await run(
      'http-request',
      { url: `${base}/json`, method: 'PUT', send: 'previousOutput' },
      { previousOutput: 'text' },
    );
    expect(requests).toMatchObject([
      {
        method: 'POST',
        body: '{"a":1}',
        headers: {
          authorization: 'Bearer a-token-to-hide',
          'content-type': 'application/json',
          'idempotency-key': expect.stringMatching(/./),
        },
      },
      { method: 'PUT', body: 'text', headers: { 'content-type': 'text/plain; charset=utf-8' } },
    ]);
  });

  it('fails when the answer is no success, or not what was asked for', async () => {
    expect(await run('http-request', { url: `${base}/away` })).toMatchObject({
      error: { code: 'HTTP_STATUS', message: 'The answer is 503: later', statusCode: 503, retryAfter: 7 },
    });
    expect(await run('http-request', { url: `${base}/away`, anyStatus: true, answer: 'text' })).toMatchObject({
      output: { status: 503, body: 'later' },
    });
    expect(await run('http-request', { url: `${base}/nothing` })).toMatchObject({ error: { permanent: true } });
    expect(await run('http-request', { url: `${base}/broken` })).toMatchObject({ error: { code: 'ANSWER_NOT_JSON' } });
    expect(await run('http-request', { url: `${base}/json`, maxBytes: 3 })).toMatchObject({
      error: { code: 'OUTBOUND_RESPONSE_TOO_LARGE' },
    });
  });

  it('goes to public addresses only, and says which option is to blame', async () => {
    const refused = async (options: JsonObject) => (await run('http-request', options)) as { error?: object };
    const forbidden = { code: 'OUTBOUND_ADDRESS_FORBIDDEN', message: expect.stringMatching(/^url: /) };
    expect(await refused({ url: 'http://169.254.169.254/latest' })).toMatchObject({ error: forbidden });
    expect(await refused({ url: `${base}/inside` })).toMatchObject({ error: forbidden });
    expect(await refused({ url: `${base}/json`, allowedHosts: ['example.com'] })).toMatchObject({
      error: { code: 'OUTBOUND_HOST_FORBIDDEN', message: expect.stringMatching(/^allowedHosts: /) },
    });
    expect(await refused({ url: 'ftp://example.com' })).toMatchObject({
      error: { code: 'OUTBOUND_REQUEST_INVALID', message: expect.stringMatching(/^url: /) },
    });
    expect(await refused({ method: 'TRACE', url: base })).toMatchObject({
      error: { code: 'MODULE_OPTIONS_INVALID', message: expect.stringContaining('method') },
    });
  });
});

describe('webhook', () => {
  it('sends what the step before gave, signed, and under one id however often it is tried', async () => {
    const options = { url: `${base}/hook`, secret: 'HOOK', type: 'invoice.read' };
    const given = { previousOutput: { amount: 4 }, documentFamily: { id: 'f1' } };
    expect(await run('webhook', options, given)).toMatchObject({ outcome: 'succeeded', output: { amount: 4 } });
    await run('webhook', options, { ...given, attempt: 2 });
    const [first, second] = requests;
    expect(JSON.parse(first?.body ?? '')).toMatchObject({
      type: 'invoice.read',
      executionId: 'e1',
      documentFamilyId: 'f1',
      data: { amount: 4 },
    });
    const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = first?.headers ?? {};
    const sentAt = new Date(Number(at) * 1_000);
    expect(signWebhook(String(id), first?.body ?? '', [SECRETS['HOOK'] ?? ''], sentAt)).toMatchObject({
      'webhook-signature': signature,
    });
    expect(second?.headers['webhook-id']).toBe(id);
  });

  it('fails when it is refused, or has no such secret', async () => {
    expect(await run('webhook', { url: `${base}/away` })).toMatchObject({ error: { code: 'MESSAGE_REFUSED' } });
    expect(await run('webhook', { url: `${base}/hook`, secret: 'NOBODY' })).toMatchObject({
      error: { code: 'SECRET_NOT_FOUND' },
    });
    expect(await run('webhook', { url: `${base}/hook`, secret: 'BROKEN' })).toMatchObject({
      error: { code: 'SECRET_INVALID', message: expect.stringMatching(/^secret: /) },
    });
  });
});

describe('channel-reply', () => {
  const message = { context: { channelId: 'support', messageId: 'm7' } };

  it('answers the message that came', async () => {
    const answered = await run(
      'channel-reply',
      { url: `${base}/hook` },
      { ...message, previousOutput: { text: 'Hi' } },
    );
    expect(answered).toMatchObject({ output: { text: 'Hi', channelId: 'support', inReplyTo: 'm7', status: 204 } });
    expect(requests.map(({ body }) => JSON.parse(body))).toEqual([
      { type: 'channel.reply', channelId: 'support', inReplyTo: 'm7', text: 'Hi' },
    ]);
  });

  it('has something to answer, and something to say', async () => {
    expect(await run('channel-reply', { url: base, text: 'Hi' })).toMatchObject({ error: { code: 'CHANNEL_MISSING' } });
    expect(await run('channel-reply', { url: base }, message)).toMatchObject({ error: { code: 'TEXT_MISSING' } });
  });
});
