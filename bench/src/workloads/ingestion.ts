import type { GantryClient } from '@gantry/client/gantry-client';
import { type EventShape, Load } from '../load.ts';
import { median, spread } from '../numbers.ts';
import { startGantry, startServers } from '../stage.ts';
import type { Workload } from '../workload.ts';

const WARM_UP = 200;
const SHAPES: readonly EventShape[] = ['document', 'plain'];
const LONGER_THAN_THE_RUN_MS = 3_600_000;

/** Events that are accepted, and executions made of them, while every slot is taken. */
export const ingestion: Workload = {
  title: 'Ingestion alone: events accepted a second, each of which makes an execution (g)',
  async run({ rounds, seconds }) {
    await using servers = await startServers();
    await using gantry = await startGantry(servers, { concurrency: 1 });
    await takeTheSlot(gantry.client);
    const rows: Record<string, Record<string, number | string>> = {};
    for (const shape of SHAPES) {
      const load = await Load.of(gantry.client, { steps: 2, shape });
      const row: Record<string, number | string> = {};
      for (const [name, send] of [
        ['in arrays of 100, /s', 'sendArrays'],
        ['one by one, /s', 'sendOneByOne'],
      ] as const) {
        let expected = (await perSecond(load, send, WARM_UP)) * seconds;
        const rates = [];
        for (let round = 0; round < rounds; round += 1) {
          rates.push(await perSecond(load, send, Math.round(expected)));
          expected = (rates.at(-1) ?? 0) * seconds;
        }
        row[name] = `${Math.round(median(rates))} ±${Math.round(spread(rates) * 100)} %`;
      }
      rows[`${shape} events`] = row;
    }
    return {
      rows,
      notes: ['Executions wait in the record and, as many as it takes, in Redis: the scheduler plans them meanwhile.'],
    };
  },
};

/** Without a worker each execution would be marked as waiting for one that serves its runtime, in the midst of what is measured. */
async function takeTheSlot(client: GantryClient): Promise<void> {
  const step = { ref: 'module://gantry/sleep', options: { ms: LONGER_THAN_THE_RUN_MS } };
  const sleeping = await Load.of(client, { steps: 1, shape: 'plain', step });
  await sleeping.sendOne();
}

async function perSecond(load: Load, send: 'sendArrays' | 'sendOneByOne', events: number): Promise<number> {
  const began = performance.now();
  await load[send](events);
  return (events / (performance.now() - began)) * 1_000;
}
