import type { ExecutionJob } from '@gantry/contracts/execution-job';
import { ownRedis } from '@gantry/testkit/own-servers';
import { Worker } from 'bullmq';
import { expect, onTestFinished, test, vi } from 'vitest';
import { executionJob, freshDispatch } from '../test/fresh-dispatch.ts';
import { connectProducer, connectWorker, readyWithin } from './connect.ts';
import { ExecutionQueue } from './execution-queue.ts';
import { type JobEnd, JobWorker, type JobWorkerOptions } from './job-worker.ts';
import { keysOf } from './keys.ts';
import { EXECUTIONS_QUEUE } from './queue-names.ts';
import { Queues } from './queues.ts';
import { Shards } from './shards.ts';

const OVER: JobEnd = { kind: 'over' };

/** A worker that notes the executions it takes, in order. */
function workOn(
  where: Pick<JobWorkerOptions, 'redis' | 'keys'>,
  options: Partial<Omit<JobWorkerOptions, 'process'>> & { process?: (execution: ExecutionJob) => Promise<JobEnd> } = {},
) {
  const taken: string[] = [];
  const waits = new Map<number, () => void>();
  const process = options.process ?? (async () => OVER);
  const worker = new JobWorker({
    ...{ ...where, queue: EXECUTIONS_QUEUE, concurrency: 1, onError: () => {}, ...options },
    process: async ({ data }) => {
      const [execution] = (data as { executions: ExecutionJob[] }).executions;
      if (execution === undefined) throw new Error('a job without executions');
      taken.push(execution.executionId);
      waits.get(taken.length)?.();
      return process(execution);
    },
  });
  return {
    worker,
    taken,
    /** Resolves when so many were taken. */
    hasTaken: (count: number) =>
      taken.length >= count ? Promise.resolve() : new Promise<void>((resolve) => waits.set(count, resolve)),
  };
}

test('of many jobs that finish at once only some are kept', async () => {
  const dispatch = await freshDispatch();
  onTestFinished(dispatch.close);
  const jobs = Array.from({ length: 300 }, () => executionJob());
  await new ExecutionQueue(dispatch.shards).add(jobs);
  const startedAt = Date.now();
  const { worker, hasTaken } = workOn(dispatch, { concurrency: 50 });
  await hasTaken(jobs.length);
  await worker.close();
  const seconds = Math.floor(Date.now() / 1_000) - Math.floor(startedAt / 1_000) + 1;
  const counts = await dispatch.queues.get(EXECUTIONS_QUEUE).getJobCounts('completed', 'prioritized', 'active');
  expect(counts).toEqual({ completed: expect.any(Number), prioritized: 0, active: 0 });
  expect(counts['completed']).toBeGreaterThanOrEqual(20);
  expect(counts['completed']).toBeLessThanOrEqual(20 * seconds);
});

test('no events are kept of what happens to jobs', async () => {
  const dispatch = await freshDispatch();
  onTestFinished(dispatch.close);
  await new ExecutionQueue(dispatch.shards).add([executionJob(), executionJob()]);
  const { worker, hasTaken } = workOn(dispatch);
  await hasTaken(2);
  await worker.close();
  const kept = await dispatch.redis.exists(dispatch.queues.get(EXECUTIONS_QUEUE).toKey('events'));
  expect(kept).toBe(0);
});

test('a job is taken again at once when what it waits for came while it was put back', async () => {
  const dispatch = await freshDispatch();
  onTestFinished(dispatch.close);
  await new ExecutionQueue(dispatch.shards).add([executionJob()]);
  const putBack: JobEnd = { kind: 'put-back', at: Date.now() + 3_600_000, isDue: async () => true };
  const { worker, hasTaken, taken } = workOn(dispatch, { process: async () => (taken.length < 2 ? putBack : OVER) });
  await hasTaken(2);
  await worker.close();
  expect(await dispatch.queues.get(EXECUTIONS_QUEUE).getJobCountByTypes('delayed', 'completed')).toBe(1);
});

test('a job whose worker died is taken over, ahead of more urgent ones', async () => {
  const dispatch = await freshDispatch();
  onTestFinished(dispatch.close);
  const [orphan, urgent, usual] = [executionJob({ priority: 1 }), executionJob({ priority: 9 }), executionJob()];
  const executions = new ExecutionQueue(dispatch.shards);
  await executions.add([orphan]);
  const { redis, keys } = dispatch;
  const dying = new Worker(EXECUTIONS_QUEUE, null, { connection: redis, prefix: keys.prefix, lockDuration: 500 });
  await dying.getNextJob('token');
  await dying.close();
  await executions.add([urgent, usual]);

  const gate = Promise.withResolvers<JobEnd>();
  const { worker, taken, hasTaken } = workOn(dispatch, { process: () => gate.promise });
  await hasTaken(1);
  const stalled = dispatch.queues.get(EXECUTIONS_QUEUE);
  await expect.poll(() => stalled.getJobCountByTypes('wait'), { timeout: 10_000 }).toBe(1);
  gate.resolve(OVER);
  await hasTaken(3);
  await worker.close();
  expect(taken).toEqual([urgent, orphan, usual].map(({ executionId }) => executionId));
});

test('a job that is put back is taken again when it is due, and others in the meantime', async () => {
  const dispatch = await freshDispatch();
  onTestFinished(dispatch.close);
  const [first, second] = [executionJob(), executionJob()];
  await new ExecutionQueue(dispatch.shards).add([first, second]);
  const dueAt = Date.now() + 300;
  const takenAt: number[] = [];
  const { worker, taken, hasTaken } = workOn(dispatch, {
    process: async () => (takenAt.push(Date.now()) === 1 ? { kind: 'put-back', at: dueAt } : OVER),
  });
  await hasTaken(3);
  await worker.close();
  expect(taken).toEqual([first, second, first].map(({ executionId }) => executionId));
  expect(takenAt[2]).toBeGreaterThanOrEqual(dueAt);
  expect(await dispatch.queues.get(EXECUTIONS_QUEUE).getFailedCount()).toBe(0);
});

const CLOCKS = [
  { clock: 'an hour behind', offsetMs: -3_600_000 },
  { clock: 'an hour ahead', offsetMs: 3_600_000 },
];

test.for(CLOCKS)(
  'a job that a worker puts back whose clock is $clock is due when it should be',
  async ({ offsetMs }) => {
    const dispatch = await freshDispatch();
    onTestFinished(dispatch.close);
    await new ExecutionQueue(dispatch.shards).add([executionJob()]);
    const { now } = Date;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() + offsetMs);
    onTestFinished(() => clock.mockRestore());
    const { worker, hasTaken } = workOn(dispatch, {
      process: async () => ({ kind: 'put-back', at: Date.now() + 60_000 }),
    });
    await hasTaken(1);
    await worker.close();
    clock.mockRestore();
    const queue = dispatch.queues.get(EXECUTIONS_QUEUE);
    const [, score] = await dispatch.redis.zrange(queue.toKey('delayed'), 0, 0, 'WITHSCORES');
    // BullMQ puts a counter into the lowest twelve bits.
    const dueInMs = Math.floor(Number(score) / 0x1000) - Date.now();
    expect(dueInMs).toBeGreaterThan(30_000);
    expect(dueInMs).toBeLessThanOrEqual(60_000);
  },
);

test('jobs that are put back at once are never run twice at the same time', async () => {
  const dispatch = await freshDispatch();
  onTestFinished(dispatch.close);
  const jobs = Array.from({ length: 40 }, () => executionJob());
  await new ExecutionQueue(dispatch.shards).add(jobs);
  const running = new Set<string>();
  const seen = new Set<string>();
  const twice: string[] = [];
  const { worker, hasTaken } = workOn(dispatch, {
    concurrency: 10,
    process: async ({ executionId }) => {
      if (running.has(executionId)) twice.push(executionId);
      running.add(executionId);
      await new Promise(setImmediate);
      running.delete(executionId);
      const again = !seen.has(executionId);
      seen.add(executionId);
      return again ? { kind: 'put-back', at: Date.now() } : OVER;
    },
  });
  await hasTaken(80);
  await worker.close();
  expect(twice).toEqual([]);
});

test('a worker that pauses finishes what it has and takes no more until it is resumed', async () => {
  const dispatch = await freshDispatch();
  onTestFinished(dispatch.close);
  const [first, second] = [executionJob(), executionJob()];
  await new ExecutionQueue(dispatch.shards).add([first, second]);
  const gate = Promise.withResolvers<JobEnd>();
  const { worker, taken, hasTaken } = workOn(dispatch, { process: () => gate.promise });
  await hasTaken(1);
  worker.pause(true);
  gate.resolve(OVER);
  const queue = dispatch.queues.get(EXECUTIONS_QUEUE);
  await expect.poll(() => queue.getCompletedCount()).toBe(1);
  expect(await queue.getJobCountByTypes('prioritized')).toBe(1);
  worker.pause(false);
  await hasTaken(2);
  await worker.close();
  expect(taken).toEqual([first.executionId, second.executionId]);
});

test('a worker that was opened paused takes jobs once it is resumed', async () => {
  const dispatch = await freshDispatch();
  onTestFinished(dispatch.close);
  await new ExecutionQueue(dispatch.shards).add([executionJob()]);
  const { worker, taken, hasTaken } = workOn(dispatch, { paused: true });
  await dispatch.redis.ping();
  expect(taken).toEqual([]);
  worker.pause(false);
  await hasTaken(1);
  await worker.close();
});

test('a worker that Redis refuses asks now and then, and goes on when it is accepted again', async () => {
  const server = await ownRedis();
  onTestFinished(() => server.stop());
  const redis = connectWorker(server.url, () => {});
  onTestFinished(() => redis.disconnect());
  const where = { redis, keys: keysOf('{jobs}') };
  await new ExecutionQueue(new Shards([redis], where.keys.prefix)).add([executionJob()]);
  await redis.call('ACL', 'SETUSER', 'default', '-eval', '-evalsha');

  const errors: string[] = [];
  const refused = Promise.withResolvers<void>();
  const onError = ({ message }: Error) => {
    errors.push(message);
    refused.resolve();
  };
  const { worker, hasTaken } = workOn(where, { onError });
  await refused.promise;
  // Without a rest between them, each of these round trips would see a request more.
  for (let trip = 0; trip < 200; trip += 1) await redis.ping();
  expect(errors.length).toBeLessThan(10);
  expect(errors[0]).toContain('NOPERM');
  await redis.call('ACL', 'SETUSER', 'default', '+@all');
  await hasTaken(1);
  await worker.close();
});

test('a Redis that is full takes no new execution, but what it has is worked off', async () => {
  const server = await ownRedis();
  onTestFinished(() => server.stop());
  const [redis, producer] = [connectWorker(server.url, () => {}), connectProducer(server.url, () => {})];
  onTestFinished(() => redis.disconnect());
  onTestFinished(() => producer.disconnect());
  const where = { redis, keys: keysOf('{full}') };
  const executions = new ExecutionQueue(new Shards([producer], where.keys.prefix));
  await readyWithin(producer, 5_000);
  const job = executionJob();
  await executions.add([job]);
  await redis.config('SET', 'maxmemory', '1');
  await expect(executions.add([executionJob()])).rejects.toThrow('OOM');
  const { worker, taken, hasTaken } = workOn(where);
  await hasTaken(1);
  await worker.close();
  expect(taken).toEqual([job.executionId]);
  expect(await new Queues(redis, where.keys.prefix).get(EXECUTIONS_QUEUE).getCompletedCount()).toBe(1);
});

test('a worker can be closed while Redis is away, whatever it has', async () => {
  const server = await ownRedis();
  onTestFinished(() => server.stop());
  const redis = connectWorker(server.url, () => {});
  onTestFinished(() => redis.disconnect());
  const where = { redis, keys: keysOf('{away}') };
  await new ExecutionQueue(new Shards([redis], where.keys.prefix)).add([executionJob()]);
  const { worker, hasTaken } = workOn(where, { process: () => new Promise(() => {}) });
  await hasTaken(1);
  await server.kill();
  await worker.close();
});

test('a worker can be closed at the moment when Redis ends and is started again', async () => {
  const server = await ownRedis();
  onTestFinished(() => server.stop());
  const redis = connectWorker(server.url, () => {});
  onTestFinished(() => redis.disconnect());
  const where = { redis, keys: keysOf('{restarted}') };
  await new ExecutionQueue(new Shards([redis], where.keys.prefix)).add([executionJob()]);
  const { worker, hasTaken } = workOn(where);
  await hasTaken(1);
  await server.kill();
  const closed = worker.close();
  await server.restart();
  await closed;
});
