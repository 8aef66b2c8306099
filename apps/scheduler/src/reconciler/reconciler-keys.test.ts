import { runtimeQueueName } from '@gantry/dispatch/queue-names';
import { describe, expect, test } from 'vitest';
import { DEFAULT, reconcilerScene } from '../../test/reconciler-scene.ts';

const scene = reconcilerScene();
const { running, inRedis, sweep, executionJobs } = scene;

describe('keys that Redis has lost, or that are of the wrong type, hold up one execution at most', () => {
  test('jobs whose queue is gone are added again', async () => {
    const jobs = [await scene.scheduler.create(), await scene.scheduler.create()];
    await scene.scheduler.executions.add(jobs);
    const active = await running();
    await inRedis(active, {}, true);
    for (const queue of ['executions', runtimeQueueName(DEFAULT)]) {
      await scene.scheduler.redis.del(scene.scheduler.queues.get(queue).toKey('prioritized'));
    }
    expect(await sweep()).toBe(3);
    expect(new Set((await executionJobs()).map(({ executionId }) => executionId))).toEqual(
      new Set([...jobs, active].map(({ executionId }) => executionId)),
    );
    expect(await sweep()).toBe(0);
  });

  test('a permission and a job that are something else are made anew, as are the others', async () => {
    const jobs = [await scene.scheduler.create(), await scene.scheduler.create(), await scene.scheduler.create()];
    const [first = '', second = ''] = jobs.map(({ executionId }) => executionId);
    await scene.scheduler.redis.set(scene.scheduler.keys.execution(first), 'x');
    await scene.scheduler.redis.set(scene.scheduler.queues.get('executions').toKey(`${second}.1`), 'x');
    expect(await sweep()).toBe(3);
    expect(await executionJobs()).toEqual(jobs);
    expect(await scene.scheduler.redis.exists(scene.scheduler.keys.execution(first))).toBe(0);
  });

  test('what everything goes through is removed when it is something else', async () => {
    const job = await scene.scheduler.create();
    const { keys, queues, redis } = scene.scheduler;
    await redis.sadd(keys.runtimes, DEFAULT);
    const wrong = [
      keys.journal,
      keys.history,
      ...['prioritized', 'active', 'meta'].map(queues.get('executions').toKey),
    ];
    for (const key of wrong) await redis.del(key);
    for (const key of wrong) await (key === keys.history ? redis.sadd(key, 'x') : redis.set(key, 'x'));
    expect(await sweep()).toBe(1);
    expect(await executionJobs()).toEqual([job]);
  });
});
