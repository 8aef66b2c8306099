import type { GantryClient } from '@gantry/client/gantry-client';
import { Marks, MODULES_DIR } from '../marks.ts';
import { percentiles } from '../numbers.ts';
import { type Gantry, startGantry, startServers } from '../stage.ts';
import type { Workload } from '../workload.ts';

const SLOTS = 8;
const CANCEL_ROUNDS = 5;
const LONG_MS = 60_000;

/** A step is told to stop. */
export const cancelling: Workload = {
  title: 'From the request to cancel to the AbortSignal of the running step (c)',
  async run({ rounds }) {
    await using servers = await startServers();
    await using gantry = await startGantry(servers, { concurrency: SLOTS, env: { MODULES_DIR } });
    const marks = await Marks.in(servers.folder);
    const took: number[] = [];
    for (let round = 0; round < rounds * CANCEL_ROUNDS; round += 1) {
      const ids = await startMarkers(gantry.client, marks, SLOTS);
      for (const id of ids) {
        const asked = Date.now();
        await gantry.client.executions.cancel(id);
        const [told] = await marks.until(1, ({ executionId, what }) => executionId === id && what === 'told to stop');
        took.push((told?.at ?? Number.NaN) - asked);
      }
    }
    return { rows: { [`${took.length} cancels`]: percentiles(took) } };
  },
};

/** A worker is killed, another one goes on. */
export const resuming: Workload = {
  title: 'From kill -9 of a worker until another one runs its steps again (d)',
  async run({ rounds }) {
    const took: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await using servers = await startServers();
      await using gantry = await startGantry(servers, { concurrency: SLOTS, env: { MODULES_DIR } });
      took.push(...(await killTheFirst(gantry, await Marks.in(servers.folder))));
    }
    return { rows: { [`${took.length} steps`]: percentiles(took) } };
  },
};

async function killTheFirst({ client, system }: Gantry, marks: Marks): Promise<number[]> {
  await startMarkers(client, marks, SLOTS);
  await system.addWorker();
  const killedAt = Date.now();
  system.processes.find(({ name }) => name.startsWith('worker'))?.kill('SIGKILL');
  const again = await marks.until(SLOTS, ({ at, what }) => what === 'started' && at > killedAt);
  return again.map(({ at }) => at - killedAt);
}

/** @returns the executions, all of which run */
async function startMarkers(client: GantryClient, marks: Marks, count: number): Promise<string[]> {
  await client.modules.apply({ ref: 'module://bench/marker' });
  const step = { ref: 'module://bench/marker', options: { marks: marks.path, ms: LONG_MS } };
  const started = await Promise.all(
    Array.from({ length: count }, () => client.executions.create({ pipeline: { steps: [step] } })),
  );
  const ids = started.map(({ id }) => id);
  await marks.until(count, ({ executionId, what }) => what === 'started' && ids.includes(executionId));
  return ids;
}
