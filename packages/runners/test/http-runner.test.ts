import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ModuleMetadataOf } from '@gantry/contracts/module-definition';
import { parseAllowList } from '@gantry/outbound/address-rules';
import { createOutboundHttp } from '@gantry/outbound/outbound-http';
import { newWebhookSecret, signWebhook } from '@gantry/outbound/webhook-signature';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HttpRunner } from '../src/http-runner.ts';
import { type RunLimits, StepEngine } from '../src/step-engine.ts';
import type { StepRequest } from '../src/step-result.ts';
import { step, stepError } from './runtime-fixture.ts';

type Endpoint = (request: IncomingMessage, response: ServerResponse, body: string) => void;

const secret = newWebhookSecret();
let endpoint: Endpoint;
const server = createServer(async (request, response) => endpoint(request, response, await text(request)));
const engines: StepEngine[] = [];
beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  for (const engine of engines) await engine.close();
});

async function run(
  answers: Endpoint,
  {
    allowed = ['127.0.0.1'],
    request = {},
    maxOutputBytes = 100_000,
    ...module
  }: Partial<ModuleMetadataOf<'http'>> & Surroundings = {},
  limits: RunLimits = {},
) {
  endpoint = answers;
  const http = new HttpRunner({ outbound: createOutboundHttp(parseAllowList(allowed)), maxOutputBytes });
  const logger = { info: () => {}, warn: () => {} };
  const engine = new StepEngine({
    runners: { http },
    secrets: async (name) => (name === 'PAGES' ? secret : undefined),
    slots: 1,
    maxOutputBytes,
    logger,
  });
  engines.push(engine);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const metadata: ModuleMetadataOf<'http'> = {
    kind: 'http',
    moduleRuntimeRef: 'gantry/default',
    options: [],
    url,
    ...module,
  };
  return engine.run({ module: metadata, request: step('test/http', { pages: 2 }, request), fresh: false }, limits);
}

interface Surroundings {
  allowed?: string[];
  maxOutputBytes?: number;
  request?: Partial<StepRequest>;
}

it('sends the step, signed, and takes the body of the answer as its output', async () => {
  const result = await run(
    (request, response, body) => {
      const { 'webhook-id': id, 'webhook-timestamp': at } = request.headers;
      const signed = signWebhook(String(id), body, [secret], new Date(Number(at) * 1_000));
      expect(request.headers).toMatchObject(signed);
      response.end(JSON.stringify({ id, got: JSON.parse(body).step.options }));
    },
    { secret: 'PAGES' },
  );
  expect(result).toMatchObject({ outcome: 'succeeded', output: { id: 'e1.0.0.1', got: { pages: 2 } } });
});

it('tells what the lines say while they come', async () => {
  const told: unknown[] = [];
  const result = await run(
    (_, response) => {
      response.setHeader('content-type', 'application/x-ndjson');
      response.write(
        '{"kind":"log","level":"warn","message":"page 1 is blank"}\n{"kind":"progress","done":1,"max":2}\n',
      );
      response.write('{"kind":"event","event":{"eventType":"TASK_CREATED","taskId":"t"}}\n{"kind":"succeeded",');
      response.end('"output":{"pages":2}}\n');
    },
    {},
    {
      onLog: ({ level, message }) => told.push({ level, message }),
      onProgress: (progress) => told.push(progress),
      onEmit: (event) => told.push(event),
    },
  );
  expect(result).toMatchObject({ outcome: 'succeeded', output: { pages: 2 } });
  expect(told).toEqual(
    expect.arrayContaining([
      { level: 'warn', message: 'page 1 is blank' },
      { done: 1, max: 2 },
      { eventType: 'TASK_CREATED', taskId: 't' },
    ]),
  );
});

it('refuses an output of more values than a worker could read in time, in a body and in a line', async () => {
  const output = `[${'1,'.repeat(2_000_000)}1]`;
  const given = { maxOutputBytes: 20_000_000 };
  const tooMany = { outcome: 'failed', error: stepError('OUTPUT_TOO_LARGE', 'more than 2000000 values') };
  expect(await run((_, response) => void response.end(output), given)).toMatchObject(tooMany);
  const inLine: Endpoint = (_, response) => {
    response.setHeader('content-type', 'application/x-ndjson');
    response.end(`{"kind":"succeeded","output":${output}}\n`);
  };
  expect(await run(inLine, given)).toMatchObject(tooMany);
});

it('says what failed also where that is no text', async () => {
  const failed: Endpoint = (_, response) => {
    response.setHeader('content-type', 'application/x-ndjson');
    response.end(`${JSON.stringify({ kind: 'failed', error: { message: { quota: 5 } } })}\n`);
  };
  expect(await run(failed)).toMatchObject({ outcome: 'failed', error: { message: '{"quota":5}' } });
});

it('is answered later where there is an address for that', async () => {
  const later: Endpoint = (_, response) => void response.writeHead(202).end();
  const callBack = 'http://127.0.0.1/call-backs/t';
  expect(await run(later, { request: { callBack } })).toEqual({ outcome: 'waiting' });
  expect(await run(later)).toMatchObject({ outcome: 'failed', error: stepError('CALL_BACK_IMPOSSIBLE') });
});

it.each<[string, string, Endpoint, (Partial<ModuleMetadataOf<'http'>> & Surroundings)?]>([
  ['a status', 'HTTP_STATUS', (_, response) => void response.writeHead(503).end('<h1>away</h1>')],
  ['a broken connection', 'OUTBOUND_UNREACHABLE', (_, response) => void response.destroy()],
  ['a private address', 'OUTBOUND_ADDRESS_FORBIDDEN', () => expect.unreachable(), { allowed: [] }],
  ['another host', 'OUTBOUND_HOST_FORBIDDEN', () => expect.unreachable(), { allowedHosts: ['example.org'] }],
  [
    'a redirect inwards',
    'OUTBOUND_ADDRESS_FORBIDDEN',
    (_, response) => void response.writeHead(307, { location: 'http://169.254.169.254/' }).end(),
  ],
  ['a secret that is not there', 'SECRET_NOT_FOUND', () => expect.unreachable(), { secret: 'NONE' }],
  ['an output that is no JSON', 'OUTPUT_NOT_JSON', (_, response) => void response.end('<h1>done</h1>')],
  [
    'lines without an end',
    'ANSWER_INVALID',
    (_, response) => void response.writeHead(200, { 'content-type': 'application/x-ndjson' }).end('\n'),
  ],
  [
    'a line of no kind',
    'ANSWER_INVALID',
    (_, response) => void response.writeHead(200, { 'content-type': 'application/x-ndjson' }).end('{"kind":"x"}\n'),
  ],
])('fails for %s: %s', async (_name, code, answers, module) => {
  expect(await run(answers, module)).toMatchObject({ outcome: 'failed', error: stepError(code) });
});
