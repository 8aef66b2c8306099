import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type FlowJob, FlowProducer, QueueEvents } from 'bullmq';
import { Redis } from 'ioredis';

const BATCH = 100;

/**
 * Raw BullMQ flows of the same shape, with no record at all: a chain of `steps` jobs for each, added from this process,
 * run by one worker process with Gantry's concurrency.
 * @returns flows a second, from the first add to the last completion
 */
export async function measureBullmq(
  redisUrl: string,
  steps: number,
  flows: number,
  concurrency: number,
): Promise<number> {
  const queue = `bench-${steps}`;
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const eventsConnection = connection.duplicate();
  const worker = fork(fileURLToPath(new URL('./bullmq-worker.ts', import.meta.url)), [
    redisUrl,
    queue,
    String(concurrency),
  ]);
  await once(worker, 'message');
  const events = new QueueEvents(queue, { connection: eventsConnection });
  await events.waitUntilReady();
  const producer = new FlowProducer({ connection });
  try {
    let completed = 0;
    let target = Number.POSITIVE_INFINITY;
    let finished = Promise.withResolvers<void>();
    // The last job of a chain is its root, named so by its id.
    events.on('completed', ({ jobId }) => {
      if (jobId.startsWith('root-')) completed += 1;
      if (completed >= target) finished.resolve();
    });
    let added = 0;
    const run = async (count: number) => {
      finished = Promise.withResolvers<void>();
      target = added + count;
      const begin = performance.now();
      for (; added < target; added += BATCH) {
        await producer.addBulk(
          Array.from({ length: BATCH }, (_, index) => chain(queue, steps, `root-${added + index}`)),
        );
      }
      await finished.promise;
      return count / ((performance.now() - begin) / 1_000);
    };
    await run(500);
    return await run(flows);
  } finally {
    worker.disconnect();
    await once(worker, 'exit');
    await producer.close();
    await events.close();
    connection.disconnect();
    eventsConnection.disconnect();
  }
}

function chain(queueName: string, steps: number, jobId: string): FlowJob {
  let flow: FlowJob = { name: 'step', queueName, data: {} };
  for (let step = 1; step < steps; step += 1) flow = { name: 'step', queueName, data: {}, children: [flow] };
  return { ...flow, opts: { jobId, priority: 1 } };
}
