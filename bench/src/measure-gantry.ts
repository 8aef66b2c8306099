import { setTimeout as delay } from 'node:timers/promises';
import type { GantryClient } from './gantry-client.ts';
import { percentile } from './percentile.ts';

export interface GantryResult {
  steps: number;
  /** Executions a second, from the first request to the last success. */
  perSecond: number;
  /** The same with one event a request. */
  singlePerSecond: number;
  /** From sending an event to the start of its first step, in ms, one event every 20 ms. */
  latencyP50: number;
  latencyP99: number;
}

const BATCH = 100;
const BATCHES_AT_ONCE = 4;
const REQUESTS_AT_ONCE = 32;
const LATENCY_SAMPLES = 200;

export async function measureGantry(client: GantryClient, steps: number, executions: number): Promise<GantryResult> {
  const projectId = await client.createProject(`bench ${steps}`);
  const eventType = `BENCH_${steps}`;
  const assistantId = await client.createAssistant(projectId, eventType, steps);
  let done = 0;
  const timed = async (count: number, send: () => Promise<void>) => {
    const begin = performance.now();
    await send();
    done += count;
    await client.waitForSuccesses(assistantId, done);
    return count / ((performance.now() - begin) / 1_000);
  };
  const warmUp = 500;
  await timed(warmUp, () =>
    inParallel(warmUp / BATCH, BATCHES_AT_ONCE, () => client.sendEvents(projectId, eventType, BATCH)),
  );
  const perSecond = await timed(executions, () =>
    inParallel(executions / BATCH, BATCHES_AT_ONCE, () => client.sendEvents(projectId, eventType, BATCH)),
  );
  const singlePerSecond = await timed(executions, () =>
    inParallel(executions, REQUESTS_AT_ONCE, async () => {
      await client.sendEvent(projectId, eventType);
    }),
  );
  const latencies = await measureLatencies(client, projectId, eventType);
  return {
    steps,
    perSecond,
    singlePerSecond,
    latencyP50: percentile(latencies, 0.5),
    latencyP99: percentile(latencies, 0.99),
  };
}

async function measureLatencies(client: GantryClient, projectId: string, eventType: string): Promise<number[]> {
  const sent: { id: string; at: number }[] = [];
  for (let index = 0; index < LATENCY_SAMPLES; index += 1) {
    const at = Date.now();
    sent.push({ id: await client.sendEvent(projectId, eventType), at });
    await delay(20);
  }
  return Promise.all(sent.map(async ({ id, at }) => (await client.firstStepStart(id)) - at));
}

/** Does something `times` times, never more than `atOnce` at the same time. */
async function inParallel(times: number, atOnce: number, work: () => Promise<void>): Promise<void> {
  let left = times;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await work();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
