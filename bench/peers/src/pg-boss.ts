/**
 * pg-boss: a queue for each step, whose handler sends the next job. Jobs are inserted, fetched, sent on and completed in
 * batches, with its burst mode on: what its documentation advises for throughput.
 */
import { PgBoss } from 'pg-boss';
import { Finish, MAX_STEPS, servePeer } from './peer.ts';

const BATCH = 100;

interface Left {
  left: number;
}

await servePeer(async ({ databaseUrl }) => {
  const finish = new Finish();
  const boss = new PgBoss({ connectionString: databaseUrl, max: 20 });
  boss.on('error', console.error);
  await boss.start();
  const queueOf = (left: number) => `chain-${left}`;
  for (let left = 1; left <= MAX_STEPS; left += 1) {
    await boss.createQueue(queueOf(left));
    const options = { batchSize: BATCH, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true };
    await boss.work<Left>(queueOf(left), options, async (jobs) => {
      if (left > 1)
        await boss.insert(
          queueOf(left - 1),
          jobs.map(() => ({ data: { left: left - 1 } })),
        );
      else finish.over(jobs.length);
    });
  }
  return {
    async run(steps, chains) {
      const finished = finish.expect(chains);
      for (let sent = 0; sent < chains; sent += BATCH) {
        const size = Math.min(BATCH, chains - sent);
        await boss.insert(
          queueOf(steps),
          Array.from({ length: size }, () => ({ data: { left: steps } })),
        );
      }
      await finished;
    },
  };
});
