import { setTimeout as delay } from 'node:timers/promises';
import { Load } from '../load.ts';
import { median } from '../numbers.ts';
import { readUsage } from '../process-usage.ts';
import { type Gantry, type Servers, startGantry, startServers } from '../stage.ts';
import type { Workload } from '../workload.ts';

const SLOTS = [8, 50, 200];
const WAIT_MS = 1_000;
/** Executions for each slot. */
const TURNS = 4;
const LOOK_EVERY_MS = 200;

/** What a slot costs whose steps only wait. */
export const slots: Workload = {
  title: `Steps that wait ${WAIT_MS} ms, by the slots of one worker (k)`,
  async run({ rounds }) {
    const rows: Record<string, Record<string, number>> = {};
    for (const concurrency of SLOTS) {
      await using servers = await startServers();
      await using gantry = await startGantry(servers, { concurrency });
      const load = await Load.of(gantry.client, {
        steps: 1,
        shape: 'plain',
        step: { ref: 'module://gantry/sleep', options: { ms: WAIT_MS } },
      });
      const runs = [];
      for (let run = 0; run < rounds; run += 1) runs.push(await measured(servers, gantry, load, concurrency * TURNS));
      rows[`${concurrency} slots`] = {
        '/s': round(median(runs.map(({ perSecond }) => perSecond))),
        'of what the slots allow, %': Math.round((median(runs.map(({ perSecond }) => perSecond)) / concurrency) * 100),
        'MB of the worker at most': Math.round(Math.max(...runs.map(({ memoryMb }) => memoryMb))),
        'CPU ms of the worker for each': round(median(runs.map(({ cpuMs }) => cpuMs))),
      };
    }
    return {
      rows,
      notes: ['The worker with the processes in which its steps run; pages that they share count for each.'],
    };
  },
};

async function measured(servers: Servers, gantry: Gantry, load: Load, executions: number) {
  const ended = new AbortController();
  let memoryMb = 0;
  const looking = (async () => {
    while (!ended.signal.aborted) {
      memoryMb = Math.max(memoryMb, (await worker()).memoryMb);
      await delay(LOOK_EVERY_MS);
    }
  })();
  const [before, began] = [await worker(), performance.now()];
  await load.sendArrays(executions);
  await load.untilDone();
  const perSecond = executions / ((performance.now() - began) / 1_000);
  const cpuMs = ((await worker()).cpuMs - before.cpuMs) / executions;
  ended.abort();
  await looking;
  return { perSecond, cpuMs, memoryMb };

  async function worker() {
    const used = (await readUsage(servers, gantry))['worker-1'];
    if (used === undefined) throw new Error('there is no worker');
    return used;
  }
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
