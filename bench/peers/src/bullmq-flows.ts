/**
 * Raw BullMQ flows with no record at all: a chain of jobs for each, added from this process in bulk, run by a worker
 * process; what is finished is removed at once.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type FlowJob, FlowProducer } from 'bullmq';
import { Redis } from 'ioredis';
import { Finish, servePeer } from './peer.ts';

const QUEUE = 'bench';
const BULK = 100;
const BULKS_AT_ONCE = 4;

await servePeer(async (addresses) => {
  const producer = new FlowProducer({ connection: new Redis(addresses.redisUrl, { maxRetriesPerRequest: null }) });
  const worker = fork(fileURLToPath(new URL('./bullmq-worker.ts', import.meta.url)), [
    addresses.redisUrl,
    QUEUE,
    String(addresses.concurrency),
  ]);
  await once(worker, 'message');
  const finish = new Finish();
  worker.on('message', (flows: number) => finish.over(flows));
  process.once('disconnect', () => worker.disconnect());
  return {
    async run(steps, chains) {
      const finished = finish.expect(chains);
      const sizes = Array.from({ length: Math.ceil(chains / BULK) }, (_, index) =>
        Math.min(BULK, chains - index * BULK),
      );
      const left = sizes.values();
      const lane = async () => {
        for (const size of left) await producer.addBulk(Array.from({ length: size }, () => chain(steps)));
      };
      await Promise.all(Array.from({ length: BULKS_AT_ONCE }, lane));
      await finished;
    },
  };
});

function chain(steps: number): FlowJob {
  const opts = { removeOnComplete: true };
  let job: FlowJob = { name: 'last', queueName: QUEUE, data: {}, opts };
  if (steps === 1) return job;
  const first = { name: 'step', queueName: QUEUE, data: {}, opts };
  let inner: FlowJob = first;
  for (let step = 2; step < steps; step += 1) inner = { ...first, children: [inner] };
  job = { ...job, children: [inner] };
  return job;
}
