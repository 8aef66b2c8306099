import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { eventAnswerSchema } from '@gantry/contracts/http/event';
import { type FreshRedis, freshRedis } from '@gantry/testkit/fresh-redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startTestSystem, type TestSystem } from './test-system.ts';

// What a collector is sent, by OTLP over HTTP, of a system at work.
interface Told {
  app: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  status: { code: number; message?: string };
  attributes: { key: string; value: { stringValue?: string } }[];
}

interface Exported {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue: string } }[] };
    scopeSpans: { spans: Omit<Told, 'app'>[] }[];
  }[];
}

const MODULE = `
import { defineModule } from '@gantry/module-sdk';
export default defineModule({
  ref: 'test/traced',
  infer: ({ trace, logger }) => trace.span('ask', async () => {
    logger.warn('asked');
    return trace.span('read the answer', () => trace.traceparent, { pages: 3 });
  }),
});
`;

const spans: Told[] = [];
const collector = createServer(async (request, response) => {
  const { resourceSpans } = (await json(request)) as Exported;
  for (const { resource, scopeSpans } of resourceSpans) {
    const app = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
    spans.push(...scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ app, ...span }))));
  }
  response.setHeader('content-type', 'application/json').end('{}');
});

let redis: FreshRedis;
let gantry: TestSystem;
let modulesDir: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const { port } = collector.address() as AddressInfo;
  modulesDir = await mkdtemp(join(tmpdir(), 'gantry-modules-'));
  await writeFile(join(modulesDir, 'traced.ts'), MODULE);
  redis = await freshRedis();
  const env = {
    MODULES_DIR: modulesDir,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  };
  gantry = await startTestSystem({ redisUrl: redis.url, redisPrefix: redis.prefix, workers: 1, env });
  await gantry.api.post('/api/modules', { ref: 'module://test/traced' }, z.unknown());
});

afterAll(async () => {
  await gantry?.stop();
  await redis?.cleanup();
  collector.closeAllConnections();
  collector.close();
  await rm(modulesDir, { recursive: true });
});

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PRODUCER = 'b7ad6b7169203331';

test('one trace leads from the producer to what its steps did and to the record', async () => {
  await gantry.assistant('traced', [{ ref: 'module://test/traced' }, { ref: 'module://gantry/fail' }]);
  const { eventType: type, documentFamilyId, ...about } = gantry.event('traced', 'a') as Record<string, string>;
  const cloudEvent = { specversion: '1.0', id: 'a', source: 'test', type, subject: documentFamilyId, data: about };
  const answer = await fetch(`${gantry.system.apiUrl}/api/events`, {
    method: 'POST',
    headers: { 'x-api-key': gantry.system.apiKey, 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify({ ...cloudEvent, traceparent: `00-${TRACE}-${PRODUCER}-01` }),
  });
  const { executions } = eventAnswerSchema.parse(await answer.json());
  const id = executions[0]?.id ?? '';
  const failed = await gantry.reaches(id, 'FAILED');
  await gantry.system.stop();

  const mine = spans.filter(({ traceId }) => traceId === TRACE);
  const named = (name: string) => mine.filter((span) => span.name === name);
  const tree = (parent: string): object =>
    Object.fromEntries(
      mine.filter(({ parentSpanId }) => parentSpanId === parent).map((span) => [span.name, tree(span.spanId)]),
    );
  expect(tree(PRODUCER)).toEqual({
    'accept event': {
      'wait to be planned': {},
      plan: {
        'wait for gantry/default': {},
        'slice gantry/default': {
          'step module://test/traced': { ask: { 'read the answer': {} } },
          'step module://gantry/fail': {},
          record: {},
        },
      },
    },
  });
  expect(new Set(mine.map(({ app }) => app))).toEqual(new Set(['gantry-api', 'gantry-scheduler', 'gantry-worker']));
  expect(named('record')).toHaveLength(2);
  expect(named('step module://gantry/fail')[0]?.status).toMatchObject({ code: 2 });
  // The module passes on where its step is.
  const [step] = named('step module://test/traced');
  expect(failed.pipeline.steps[0]?.output).toBe(`00-${TRACE}-${step?.spanId}-01`);
  const logged = gantry.lines.find((line) => line.includes('"msg":"asked"'));
  expect(logged).toContain(`"trace_id":"${TRACE}","span_id":"${step?.spanId}"`);
});
