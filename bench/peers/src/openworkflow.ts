/** OpenWorkflow on Postgres: runs are started from this process and run by a worker in it, as its documentation does. */
import { OpenWorkflow } from 'openworkflow';
import { BackendPostgres } from 'openworkflow/postgres';
import { Finish, inParallel, servePeer } from './peer.ts';

const STARTS_AT_ONCE = 32;

await servePeer(async ({ databaseUrl, concurrency }) => {
  const finish = new Finish();
  const open = new OpenWorkflow({ backend: await BackendPostgres.connect(databaseUrl) });
  const chain = open.defineWorkflow<{ steps: number }, null>({ name: 'chain' }, async ({ input, step }) => {
    for (let number = 0; number < input.steps; number += 1)
      await step.run({ name: `step-${number}` }, async () => null);
    finish.over();
    return null;
  });
  await open.newWorker({ concurrency }).start();
  return {
    async run(steps, chains) {
      const finished = finish.expect(chains);
      await inParallel(chains, STARTS_AT_ONCE, () => chain.run({ steps }));
      await finished;
    },
  };
});
