import { setTimeout as delay } from 'node:timers/promises';
import { Load } from '../load.ts';
import { percentiles } from '../numbers.ts';
import { type Gantry, startGantry, startServers } from '../stage.ts';
import type { Workload } from '../workload.ts';

const STEPS = 2;
/** So many do not count: until then V8 is busy with compiling what runs. */
const WARM = 3_000;
const SATURATING = 600;
const SHARE = 0.7;
const AT_LEAST = 100;

/** From sending an event to the start of its first step, and until its record says that it is over. */
export const latency: Workload = {
  title: 'Latency of executions of two no-op steps, document events one by one (b)',
  async run({ rounds, seconds }) {
    await using servers = await startServers();
    await using gantry = await startGantry(servers);
    const load = await Load.of(gantry.client, { steps: STEPS });
    await load.sendOneByOne(WARM);
    await load.untilDone();
    const began = performance.now();
    await load.sendOneByOne(SATURATING);
    await load.untilDone();
    const most = SATURATING / ((performance.now() - began) / 1_000);
    const rates = { '10 /s': 10, '100 /s': 100, [`70 % of saturation (${Math.round(most * SHARE)} /s)`]: most * SHARE };
    const rows: Record<string, Record<string, number>> = {};
    for (const [name, perSecond] of Object.entries(rates)) {
      const samples = await sample(gantry, load, perSecond, Math.max(AT_LEAST, perSecond * seconds * rounds));
      rows[`${name}, to the first step`] = percentiles(samples.map(({ toStart }) => toStart));
      rows[`${name}, to the recorded end`] = percentiles(samples.map(({ toEnd }) => toEnd));
    }
    return {
      rows,
      notes: [
        `Open loop: events are sent when they are due, whatever has become of those before; after ${WARM} that do not count.`,
      ],
    };
  },
};

interface Sample {
  toStart: number;
  toEnd: number;
}

/** Hears of ends as any client that watches does. */
async function sample({ client }: Gantry, load: Load, perSecond: number, count: number): Promise<Sample[]> {
  const watching = new AbortController();
  const endedAt = new Map<string, number>();
  const heard = (async () => {
    for await (const change of client.executions.watchAll({ assistantId: load.assistantId, signal: watching.signal })) {
      if (change !== 'reset' && change.status === 'SUCCEEDED') endedAt.set(change.executionId, Date.now());
    }
  })().catch(() => undefined);
  const sent: Promise<{ id: string; at: number }>[] = [];
  const began = Date.now();
  for (let index = 0; index < count; index += 1) {
    const due = began + (index * 1_000) / perSecond;
    if (due > Date.now()) await delay(due - Date.now());
    sent.push(load.sendOne().then((id) => ({ id, at: due })));
  }
  const all = await Promise.all(sent);
  await load.untilDone();
  await delay(200);
  watching.abort();
  await heard;
  const starts = await startsOf(client, load, all.length);
  return all.flatMap(({ id, at }) => {
    const [start, end] = [starts.get(id), endedAt.get(id)];
    return start === undefined || end === undefined ? [] : [{ toStart: start - at, toEnd: end - at }];
  });
}

async function startsOf(client: Gantry['client'], load: Load, newest: number): Promise<Map<string, number>> {
  const filter = `assistantId eq '${load.assistantId}'`;
  const starts = new Map<string, number>();
  for await (const { id, pipeline } of client.executions.iterate({ filter, sort: 'createdOn,desc' })) {
    if (starts.size >= newest) break;
    starts.set(id, Date.parse(pipeline.steps[0]?.start ?? ''));
  }
  return starts;
}
