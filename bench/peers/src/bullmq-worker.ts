/** The process that runs the jobs of bullmq-flows.ts. Says how many flows are over. */
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';

const SAY_EVERY_MS = 5;

const [redisUrl = '', queue = '', concurrency = '8'] = process.argv.slice(2);
const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
const worker = new Worker(queue, async () => null, { connection, concurrency: Number(concurrency) });
let over = 0;
worker.on('completed', (job) => {
  if (job.name === 'last') over += 1;
});
setInterval(() => {
  if (over > 0) process.send?.(over);
  over = 0;
}, SAY_EVERY_MS);
await worker.waitUntilReady();
process.send?.('ready');
process.once('disconnect', () => process.exit());
