/**
 * graphile-worker: a job whose task adds the next one. Jobs are added in batches, fetched through its local queue and
 * completed in batches: what its documentation advises for throughput.
 */
import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import { Finish, servePeer } from './peer.ts';

const BATCH = 100;

await servePeer(async ({ databaseUrl, concurrency }) => {
  const finish = new Finish();
  await run({
    connectionString: databaseUrl,
    concurrency,
    maxPoolSize: 20,
    noHandleSignals: true,
    preset: { worker: { localQueue: { size: 5 * concurrency }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    taskList: {
      chain: async (payload, helpers) => {
        const { left } = payload as { left: number };
        if (left > 1) await helpers.addJob('chain', { left: left - 1 });
        else finish.over();
      },
    },
    logger: new Logger(() => () => undefined),
  });
  const utils = await makeWorkerUtils({ connectionString: databaseUrl });
  return {
    async run(steps, chains) {
      const finished = finish.expect(chains);
      for (let added = 0; added < chains; added += BATCH) {
        const size = Math.min(BATCH, chains - added);
        await utils.addJobs(Array.from({ length: size }, () => ({ identifier: 'chain', payload: { left: steps } })));
      }
      await finished;
    },
  };
});
