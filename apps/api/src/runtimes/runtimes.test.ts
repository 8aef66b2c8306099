import type { ModuleRuntime } from '@gantry/contracts/http/module-runtime';
import type { Page } from '@gantry/contracts/http/page';
import { connectWorker } from '@gantry/dispatch/connect';
import { JobWorker } from '@gantry/dispatch/job-worker';
import { keysOf } from '@gantry/dispatch/keys';
import { runtimeQueueName } from '@gantry/dispatch/queue-names';
import { ownRedis } from '@gantry/testkit/own-servers';
import { waitFor } from '@gantry/testkit/wait-for';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { problemWith } from '../../test/api-client.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;

beforeAll(async () => {
  api = await startApi();
  for (const slug of ['gpu', 'cpu']) {
    await api.client.made('/api/modules', { slug, metadata: { moduleRuntimeRef: `acme/${slug}` } });
  }
  // Another module of a runtime that is there already.
  await api.client.made('/api/modules', { slug: 'another', metadata: { moduleRuntimeRef: 'acme/gpu' } });
});
afterAll(() => api.close());

const list = (query = '', client = api.client) => client.get<Page<ModuleRuntime>>(`/api/module-runtimes${query}`);

const idle = { queueDepth: 0, delayed: 0, active: 0, workers: 0, oldestWaitMs: null };
const GPU = { ref: 'acme/gpu', orgSlug: 'acme', slug: 'gpu' };

/** Slices wait in the queue since some seconds. */
async function enqueue(runtime: string, ...secondsAgo: number[]): Promise<void> {
  const queue = api.queues.get(runtimeQueueName(runtime));
  for (const seconds of secondsAgo) {
    await queue.add('slice', {}, { priority: 1_000 + seconds, timestamp: Date.now() - seconds * 1_000 });
  }
}

test('each module runtime tells how much it has to do and who does it', async () => {
  const { status, body } = await list();
  expect([status, body]).toMatchObject([
    200,
    {
      ...{ totalElements: 3, last: true, nextCursor: null },
      content: [
        { ...idle, ref: 'acme/cpu' },
        { ...idle, ...GPU },
        { ...idle, ref: 'gantry/default' },
      ],
    },
  ]);

  await enqueue('acme/gpu', 60, 3_600, 5);
  expect((await list('?query=GPU')).body.content).toEqual([
    { ...idle, ...GPU, queueDepth: 3, oldestWaitMs: expect.any(Number) },
  ]);
  const [{ oldestWaitMs } = { oldestWaitMs: 0 }] = (await list('?query=gpu')).body.content;
  expect(oldestWaitMs).toBeGreaterThanOrEqual(3_600_000);
  expect(oldestWaitMs).toBeLessThan(3_700_000);

  const redis = connectWorker(api.redisUrl, () => {});
  const { promise: release, resolve } = Promise.withResolvers<void>();
  const worker = new JobWorker({
    ...{ redis, keys: keysOf(api.prefix), queue: runtimeQueueName('acme/gpu'), concurrency: 2, onError: () => {} },
    process: async () => {
      await release;
      return { kind: 'over' };
    },
  });
  onTestFinished(async () => {
    resolve();
    await worker.close();
    redis.disconnect();
  });
  await waitFor(async () => (await list('?query=gpu')).body.content[0]?.active === 2);
  expect((await list('?query=gpu')).body.content).toMatchObject([{ queueDepth: 1, active: 2, workers: 1 }]);
});

test('the list is paged as others are', async () => {
  const refs = async (query: string) => (await list(query)).body.content.map(({ ref }) => ref);
  const first = (await list('?pageSize=2')).body;
  expect(first).toMatchObject({ totalElements: 3, totalPages: 2, last: false, content: [{}, {}] });
  expect(await refs(`?pageSize=2&cursor=${first.nextCursor}`)).toEqual(['gantry/default']);
  expect(await refs('?pageSize=2&page=2&query=*')).toEqual(['gantry/default']);
  expect(await refs('?page=9')).toEqual([]);
  expect(await list('?cursor=nonsense')).toMatchObject(problemWith(400, 'CURSOR_INVALID'));
});

test('runtimes that only another organization’s modules run on are not told', async () => {
  const stranger = await api.clientOf('stranger', 'executions:read');
  expect((await list('', stranger)).body.content.map(({ ref }) => ref)).toEqual(['gantry/default']);
  const producer = await api.clientOf('stranger', 'events:write');
  expect(await list('', producer)).toMatchObject(problemWith(403, 'FORBIDDEN'));
});

test('with Redis away the answer is 503 and when to come back', async () => {
  const redis = await ownRedis();
  onTestFinished(() => redis.stop());
  const lonely = await startApi({ redisUrl: redis.url });
  onTestFinished(() => lonely.close());
  expect(await list('', lonely.client)).toMatchObject({ status: 200 });
  await redis.kill();
  const refused = await list('', lonely.client);
  expect(refused).toMatchObject(problemWith(503, 'QUEUE_UNAVAILABLE'));
  expect(refused.headers.get('retry-after')).toBe('2');
});
