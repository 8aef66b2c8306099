import type { GantryClient } from '@gantry/client/gantry-client';
import { type EventShape, Load } from '../load.ts';
import { median, spread } from '../numbers.ts';
import { startGantry, startServers } from '../stage.ts';
import type { Workload } from '../workload.ts';

/** Events, then seconds at the pace of those. */
const WARM_UP = 200;
const WARM_UP_SECONDS = 4;
const SHAPES: readonly EventShape[] = ['document', 'plain'];
const LONGER_THAN_THE_RUN_MS = 3_600_000;

/** What becomes of executions meanwhile, by how many Redis takes. */
const MEANWHILE = { 'planned meanwhile': '10000000', 'waiting in the record': '1' } as const;

const WAYS = { 'in arrays of 100, /s': 'sendArrays', 'one by one, /s': 'sendOneByOne' } as const;

/** Events that are accepted, and executions made of them, while every slot is taken: each kind on a system of its own. */
export const ingestion: Workload = {
  title: 'Ingestion alone: events accepted a second, each of which makes an execution (g)',
  async run({ rounds, seconds }) {
    const rows: Record<string, Record<string, string>> = {};
    for (const shape of SHAPES) {
      for (const [meanwhile, limit] of Object.entries(MEANWHILE)) {
        rows[`${shape} events, ${meanwhile}`] = await accepted(shape, limit, { rounds, seconds });
      }
    }
    return { rows, notes: [`After ${WARM_UP_SECONDS} s of each way that do not count.`] };
  },
};

async function accepted(
  shape: EventShape,
  limit: string,
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<Record<string, string>> {
  await using servers = await startServers();
  await using gantry = await startGantry(servers, { concurrency: 1, env: { ADMISSION_LIMIT: limit } });
  await takeTheSlot(gantry.client);
  const load = await Load.of(gantry.client, { steps: 2, shape });
  const row: Record<string, string> = {};
  for (const [name, send] of Object.entries(WAYS)) {
    let rate = await perSecond(load, send, WARM_UP);
    rate = await perSecond(load, send, Math.round(rate * WARM_UP_SECONDS));
    const rates: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      rate = await perSecond(load, send, Math.round(rate * seconds));
      rates.push(rate);
    }
    row[name] = `${Math.round(median(rates))} ±${Math.round(spread(rates) * 100)} %`;
  }
  return row;
}

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
