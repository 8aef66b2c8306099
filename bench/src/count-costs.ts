import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';
import { type Counts, eachCounter, readCounters } from './counters.ts';
import { Load } from './load.ts';
import { startGantry, startServers } from './stage.ts';

const SHORT = 2;
const LONG = 6;
const EXECUTIONS = 400;
const WARM_UP = 100;
/** How often each is counted. */
const ROUNDS = 3;
const IDLE_MS = 5_000;
/** After a start, until processes that wait are made ready and what is looked for at first has been. */
const SETTLE_MS = 10_000;

/** What executions of document events cost, beside what the system does all the time. */
export interface Costs {
  /** One of two no-op steps, from the request to the record. */
  execution: Counts;
  /** Each step more. */
  step: Counts;
  /** A second of a system at rest. */
  idle: Counts;
}

/**
 * Runs executions on a system of its own, in arrays of 100, and counts, several times. The cheapest round of each counter
 * is the answer: what else the machine does makes batches smaller, and only ever dearer.
 */
export async function countCosts(): Promise<Costs> {
  await using servers = await startServers();
  await using gantry = await startGantry(servers);
  await using connections = new AsyncDisposableStack();
  const redis = connections.adopt(new Redis(servers.redis.url), (open) => open.disconnect());
  const postgres = new pg.Client(servers.postgres.url);
  connections.defer(() => postgres.end());
  await postgres.connect();
  await postgres.query('create extension pg_stat_statements');
  const counting = async (work: () => Promise<void>) => {
    const [before, began] = [await readCounters(redis, postgres), performance.now()];
    await work();
    const [after, seconds] = [await readCounters(redis, postgres), (performance.now() - began) / 1_000];
    return { counted: eachCounter((counter) => after[counter] - before[counter]), seconds };
  };

  await delay(SETTLE_MS);
  const rest = await counting(() => delay(IDLE_MS));
  const idle = eachCounter((counter) => rest.counted[counter] / rest.seconds);
  const loads = {
    short: await Load.of(gantry.client, { steps: SHORT }),
    long: await Load.of(gantry.client, { steps: LONG }),
  };
  for (const load of Object.values(loads)) await run(load, WARM_UP);
  const costOf = async (load: Load) => {
    const { counted, seconds } = await counting(() => run(load, EXECUTIONS));
    return eachCounter((counter) => (counted[counter] - idle[counter] * seconds) / EXECUTIONS);
  };
  const rounds: { short: Counts; long: Counts }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({ short: await costOf(loads.short), long: await costOf(loads.long) });
  }
  const cheapest = (load: keyof typeof loads) =>
    eachCounter((counter) => Math.min(...rounds.map((round) => round[load][counter])));
  const execution = cheapest('short');
  const long = cheapest('long');
  const step = eachCounter((counter) => (long[counter] - execution[counter]) / (LONG - SHORT));
  return { execution, step, idle };
}

async function run(load: Load, executions: number): Promise<void> {
  await load.sendArrays(executions);
  await load.untilDone();
}
