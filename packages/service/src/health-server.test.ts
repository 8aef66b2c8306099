import { connect } from 'node:net';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { Degraded, HealthProblem } from './health.ts';
import { createHealthServer } from './health-server.ts';
import { createHttpService, type HttpService } from './http-service.ts';
import { Metrics } from './metrics.ts';

const logger = pino({ level: 'silent' });
const services: HttpService[] = [];
afterEach(() => Promise.all(services.splice(0).map((service) => service.stop())));

async function started<S extends HttpService>(service: S): Promise<S> {
  services.push(service);
  await service.start();
  return service;
}

function healthServer(checks: Record<string, () => Promise<unknown>>, port = 0) {
  const metrics = new Metrics('worker');
  return started(createHealthServer({ host: '127.0.0.1', port, checks, metrics, logger, checkTimeoutMs: 50 }));
}

test('is ready while every check passes, and says which one failed or hangs', async () => {
  let failing = false;
  const { port } = await healthServer({
    postgres: async () => {
      if (failing) throw new Error('password authentication failed for postgres://u:p@h/d');
    },
    redis: () => (failing ? new Promise(() => undefined) : Promise.resolve()),
  });
  const ready = () => fetch(`http://127.0.0.1:${port}/health/ready`);

  const before = await ready();
  expect([before.status, await before.json()]).toEqual([
    200,
    { status: 'ok', checks: { postgres: 'ok', redis: 'ok' } },
  ]);
  failing = true;
  const after = await ready();
  expect([after.status, await after.json()]).toEqual([
    503,
    { status: 'unavailable', checks: { postgres: 'failed', redis: 'timeout' } },
  ]);
  expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
});

test('a check may say why it fails', async () => {
  const { port } = await healthServer({
    queue: async () => {
      throw new HealthProblem('3 wait and none was taken');
    },
    redis: async () => undefined,
  });
  expect(await (await fetch(`http://127.0.0.1:${port}/health/ready`)).json()).toEqual({
    status: 'unavailable',
    checks: { queue: 'failed', redis: 'ok' },
    reasons: { queue: '3 wait and none was taken' },
  });
});

test('is ready with what works in part, and says what does not', async () => {
  const { port } = await healthServer({
    postgres: async () => undefined,
    redis: async () => {
      throw new Degraded('1 of 3 is away');
    },
  });
  const ready = await fetch(`http://127.0.0.1:${port}/health/ready`);
  expect([ready.status, await ready.json()]).toEqual([
    200,
    { status: 'degraded', checks: { postgres: 'ok', redis: 'degraded' }, reasons: { redis: '1 of 3 is away' } },
  ]);
});

test('serves metrics that carry the name of the app', async () => {
  const { port } = await healthServer({});
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(response.headers.get('content-type')).toContain('text/plain');
  expect(await response.text()).toMatch(/process_cpu_seconds_total\{app="worker"\}/);
});

test('takes another port when its own is taken', async () => {
  const first = await healthServer({});
  const second = await healthServer({}, first.port);
  expect(second.port).not.toBe(first.port);
  expect((await fetch(`http://127.0.0.1:${second.port}/health/live`)).status).toBe(200);
});

test('a plain HTTP service refuses a taken port', async () => {
  const { port } = await healthServer({});
  const second = createHttpService({ name: 'api', handler: () => undefined, host: '127.0.0.1', port, logger });
  await expect(second.start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await second.stop();
});

test('stop lets a request under way finish, closes idle connections, and may be called twice', async () => {
  let finish = () => {};
  const arrived = Promise.withResolvers<void>();
  const service = await started(
    createHttpService({
      name: 'api',
      handler: (_request, response) => {
        finish = () => response.end('done');
        arrived.resolve();
      },
      host: '127.0.0.1',
      port: 0,
      logger,
    }),
  );
  const idle = connect(service.port, '127.0.0.1');
  const idleClosed = new Promise((resolve) => idle.once('close', resolve));
  const answer = fetch(`http://127.0.0.1:${service.port}/`);
  await arrived.promise;

  const stopped = Promise.all([service.stop(), service.stop()]);
  await idleClosed;
  finish();
  expect(await (await answer).text()).toBe('done');
  await stopped;
});
