import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { parseAllowList } from '@gantry/outbound/address-rules';
import { createOutboundHttp } from '@gantry/outbound/outbound-http';
import { afterAll, beforeAll } from 'vitest';
import { HttpRunner } from '../src/http-runner.ts';
import type { StepRequest } from '../src/step-result.ts';
import { step } from './runtime-fixture.ts';
import { type Behaviour, stepRunnerConformance } from './step-runner-conformance.ts';

const line = (response: ServerResponse, message: object) => response.write(`${JSON.stringify(message)}\n`);
const runs = (response: ServerResponse) => {
  response.setHeader('content-type', 'application/x-ndjson');
  line(response, { kind: 'progress', done: 1 });
};
const manyLines = (response: ServerResponse, message: (index: number) => object) => {
  response.setHeader('content-type', 'application/x-ndjson');
  for (let index = 0; index < 5_000; index++) line(response, message(index));
  response.end('{"kind":"succeeded"}\n');
};

/** What the endpoint of each answers. */
const ENDPOINTS: Partial<Record<Behaviour, (response: ServerResponse, step: StepRequest) => void>> = {
  succeeds: (response) => response.end('{"hello":"world"}'),
  fails: (response) => {
    response.statusCode = 422;
    response.end('{"code":"PAGE_MISSING","message":"page 7 is missing"}');
  },
  'heeds-stop': runs,
  'gives-too-much': (response) => response.end(JSON.stringify('x'.repeat(600_000))),
  'gives-too-deep': (response) => response.end(`${'['.repeat(20_000)}${']'.repeat(20_000)}`),
  'floods-the-log': (response) =>
    manyLines(response, (index) => ({ kind: 'log', level: 'info', message: `entry ${index}` })),
  'floods-progress': (response) => manyLines(response, (index) => ({ kind: 'progress', done: index })),
  'keeps-a-checkpoint': (response, { checkpoint }) => {
    if (checkpoint !== null) return response.end(JSON.stringify(checkpoint));
    response.setHeader('content-type', 'application/x-ndjson');
    for (const page of [1, 2]) line(response, { kind: 'checkpoint', checkpoint: { page } });
    return response.end('{"kind":"failed","error":{"code":"LOST"}}\n');
  },
  'emits-nonsense': (response) => {
    response.setHeader('content-type', 'application/x-ndjson');
    response.end('{"kind":"event","event":{"taskId":"t1"}}\n{"kind":"succeeded"}\n');
  },
  'tells-a-secret': (response, { options }) => {
    const token = String(options['token']);
    response.setHeader('content-type', 'application/x-ndjson');
    const encoded = Buffer.from(`me:${token}`).toString('base64');
    for (const message of [token, token.slice(0, 10), token.slice(10), encoded]) {
      line(response, { kind: 'log', level: 'info', message });
    }
    response.end(`${JSON.stringify({ kind: 'succeeded', output: `it is ${token}` })}\n`);
  },
};

const server = createServer(async (request, response) => {
  const { step } = (await json(request)) as { step: StepRequest };
  ENDPOINTS[request.url?.slice(1) as Behaviour]?.(response, step);
});
beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

stepRunnerConformance('http', {
  runners: () => ({
    http: new HttpRunner({
      outbound: createOutboundHttp(parseAllowList(['127.0.0.1'])),
      maxOutputBytes: 500_000,
    }),
  }),
  task: (behaviour) => {
    // Nothing of it runs in the worker: it cannot take anything down, nor go on once its connection is cut.
    if (ENDPOINTS[behaviour] === undefined) return null;
    const { port } = (server.address() ?? { port: 0 }) as AddressInfo;
    const url = `http://127.0.0.1:${port}/${behaviour}`;
    return {
      module: { kind: 'http', moduleRuntimeRef: 'gantry/default', options: [], url },
      request: step(`test/${behaviour}`),
      fresh: false,
    };
  },
});
