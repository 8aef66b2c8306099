import type { WorkerReport } from '@gantry/contracts/worker-report';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDispatch } from '../test/fresh-dispatch.ts';
import { WorkerRegistry } from './worker-registry.ts';

let dispatch: Awaited<ReturnType<typeof freshDispatch>>;
beforeAll(async () => {
  dispatch = await freshDispatch();
});
afterAll(() => dispatch.close());

test('workers are listed while they report, in the order in which they started', async () => {
  const { redis, keys } = dispatch;
  const registry = new WorkerRegistry(redis, keys);
  expect(await registry.list()).toEqual([]);

  const report = (workerId: string, startedAt: number): WorkerReport => {
    return { workerId, startedAt, runtimes: ['gantry/default'], modules: ['acme/reader'], definitions: [] };
  };
  const [first, second, third] = [report('first', 1), report('second', 2), report('third', 3)];
  for (const one of [third, first, second, first]) await registry.announce(one);
  expect(await registry.list()).toEqual([first, second, third]);

  await registry.withdraw('second');
  // As when it was killed and its time is over.
  await redis.del(keys.worker('third'));
  expect(await registry.list()).toEqual([first]);
  expect(await redis.smembers(keys.workers)).toEqual(['first']);
  expect(await redis.pttl(keys.worker('first'))).toBeGreaterThan(10_000);
});

test('one whose report is not understood does not hide the others', async () => {
  const { redis, keys } = dispatch;
  const registry = new WorkerRegistry(redis, keys);
  await registry.announce({ workerId: 'sound', startedAt: 9, runtimes: ['*'], modules: [], definitions: [] });
  await redis.sadd(keys.workers, 'garbled', 'newer', 'wrong');
  await redis.set(keys.worker('garbled'), '{"workerId":');
  await redis.set(keys.worker('newer'), '{"id":"newer"}');
  await redis.sadd(keys.worker('wrong'), 'type');
  expect((await registry.list()).map(({ workerId }) => workerId)).toContain('sound');
});
