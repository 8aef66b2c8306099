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

/**
 * From sending an event, and from `createdOn` of its execution, when Gantry took it, to the start of its first step; from
 * sending it until its record says that it is over.
 */
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
      rows[`${name}, sent to first step`] = percentiles(samples.map(({ sent, start }) => start - sent));
      rows[`${name}, accepted to first step`] = percentiles(samples.map(({ accepted, start }) => start - accepted));
      rows[`${name}, sent to recorded end`] = percentiles(samples.map(({ sent, end }) => end - sent));
    }
    return {
      rows,
      notes: [
        `Open loop: events are sent when they are due, whatever has become of those before; after ${WARM} that do not count.`,
      ],
    };
  },
};

/** Milliseconds since 1970. */
interface Sample {
  sent: number;
  accepted: number;
  start: number;
  end: number;
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
  const recorded = await recordedOf(client, load, all.length);
  return all.flatMap(({ id, at }) => {
    const [told, end] = [recorded.get(id), endedAt.get(id)];
    return told === undefined || end === undefined ? [] : [{ ...told, sent: at, end }];
  });
}

/** What the record says of the newest ones, by id. */
async function recordedOf(
  client: Gantry['client'],
  load: Load,
  newest: number,
): Promise<Map<string, Pick<Sample, 'accepted' | 'start'>>> {
  const filter = `assistantId eq '${load.assistantId}'`;
  const recorded = new Map<string, Pick<Sample, 'accepted' | 'start'>>();
  for await (const { id, createdOn, pipeline } of client.executions.iterate({ filter, sort: 'createdOn,desc' })) {
    if (recorded.size >= newest) break;
    recorded.set(id, { accepted: Date.parse(createdOn), start: Date.parse(pipeline.steps[0]?.start ?? '') });
  }
  return recorded;
}
