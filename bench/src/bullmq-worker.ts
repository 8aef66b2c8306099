/** The process that runs the raw BullMQ jobs: what a Gantry worker is compared with. */
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';

const [redisUrl = '', queue = '', concurrency = '8'] = process.argv.slice(2);
const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
const worker = new Worker(queue, async () => null, {
  connection,
  concurrency: Number(concurrency),
  removeOnComplete: { count: 1_000 },
});
await worker.waitUntilReady();
process.send?.('ready');
process.once('disconnect', async () => {
  await worker.close();
  connection.disconnect();
});
