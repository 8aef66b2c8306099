import { setTimeout as delay } from 'node:timers/promises';
import { Load } from '../load.ts';
import { median } from '../numbers.ts';
import { readUsage } from '../process-usage.ts';
import { startGantry, startServers } from '../stage.ts';
import type { Workload } from '../workload.ts';

const SHAPES = { '2 steps': 2, '10 steps': 10 };
const EXECUTIONS = 1_000;
/** What starting has set going takes a while to end. */
const REST_MS = 60_000;

/** CPU of every process, and what a system at rest uses. */
export const usage: Workload = {
  title: 'CPU seconds of each process for 1,000 executions of document events (h), and of a system at rest (i)',
  async run({ rounds, seconds }) {
    await using servers = await startServers();
    await using gantry = await startGantry(servers);
    await delay(REST_MS);
    const atRest = await measured(() => delay(seconds * rounds * 1_000));
    const rows: Record<string, Record<string, number>> = {};
    for (const [name, { cpuMs, memoryMb }] of Object.entries(atRest.used)) {
      rows[name] = { 'at rest, % of a core': round(cpuMs / atRest.ms / 0.01), 'MB at rest': Math.round(memoryMb) };
    }
    for (const [shape, steps] of Object.entries(SHAPES)) {
      const load = await Load.of(gantry.client, { steps });
      const work = async () => {
        await load.sendArrays(EXECUTIONS);
        await load.untilDone();
      };
      await work();
      const runs = [];
      for (let run = 0; run < rounds; run += 1) runs.push((await measured(work)).used);
      for (const [name, row] of Object.entries(rows)) {
        row[`${shape}, CPU s`] = round(median(runs.map((used) => (used[name]?.cpuMs ?? 0) / EXECUTIONS)));
      }
    }
    return { rows, notes: ['The worker with the processes in which its steps run; Postgres with its backends.'] };

    async function measured(work: () => Promise<void>) {
      const [before, began] = [await readUsage(servers, gantry), performance.now()];
      await work();
      const [after, ms] = [await readUsage(servers, gantry), performance.now() - began];
      const used = Object.entries(after).map(([name, { cpuMs, memoryMb }]) => [
        name,
        { cpuMs: cpuMs - (before[name]?.cpuMs ?? 0), memoryMb },
      ]);
      return { used: Object.fromEntries(used) as typeof after, ms };
    }
  },
};

function round(value: number): number {
  return Number(value.toFixed(2));
}
