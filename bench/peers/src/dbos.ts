/**
 * DBOS Transact: a workflow whose steps are checkpointed in Postgres, started where it runs, without a queue: the fastest
 * way there is to start one. Its documentation advises a larger pool for throughput.
 */
import { DBOS } from '@dbos-inc/dbos-sdk';
import { inParallel, servePeer } from './peer.ts';

const AT_ONCE = 64;

const chain = DBOS.registerWorkflow(
  async (steps: number) => {
    for (let step = 0; step < steps; step += 1) await DBOS.runStep(async () => null, { name: `step ${step}` });
  },
  { name: 'chain' },
);

await servePeer(async ({ databaseUrl }) => {
  DBOS.setConfig({ name: 'bench', systemDatabaseUrl: databaseUrl, systemDatabasePoolSize: 20, logLevel: 'error' });
  await DBOS.launch();
  return {
    run: (steps, chains) =>
      inParallel(chains, AT_ONCE, async () => {
        const handle = await DBOS.startWorkflow(chain)(steps);
        await handle.getResult();
      }),
  };
});
