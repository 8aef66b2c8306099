import { cp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Role } from '@gantry/launcher/roles';
import type { SystemProcess } from '@gantry/launcher/system';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import type { BreakableServer } from './breakable-server.ts';
import type { Dice } from './dice.ts';
import type { Stage } from './stage.ts';

/** What a fault is given to work with. */
export interface Strike {
  stage: Stage;
  dice: Dice;
  /** Lets the fault last so many seconds, somewhere between the two. */
  last(leastSeconds: number, mostSeconds: number): Promise<void>;
}

/** Something that goes wrong. It is over, and everything up again or starting, when the promise resolves. */
type Fault = (strike: Strike) => Promise<void>;

/** Every fault that is injected, by the name it has in the table. */
export const FAULTS = {
  'worker killed': async ({ stage, dice }) => dice.pick(processes(stage, 'worker')).kill('SIGKILL'),
  'worker asked to stop': async ({ stage, dice }) => dice.pick(processes(stage, 'worker')).kill('SIGTERM'),
  'worker paused': (strike) => pause(strike, strike.dice.pick(processes(strike.stage, 'worker')), [8, 60]),
  'all workers killed': async ({ stage }) => {
    for (const worker of processes(stage, 'worker')) worker.kill('SIGKILL');
  },
  'leader killed': async ({ stage }) => (await leader(stage)).kill('SIGKILL'),
  'leader paused': async (strike) => pause(strike, await leader(strike.stage), [6, 20]),
  'api killed': async ({ stage, dice }) => dice.pick(processes(stage, 'api')).kill('SIGKILL'),
  'api paused': (strike) => pause(strike, strike.dice.pick(processes(strike.stage, 'api')), [2, 10]),

  'both servers killed': async ({ stage: { redis, postgres }, last }) => {
    await Promise.all([redis.kill(), postgres.kill()]);
    await last(0, 3);
    await Promise.all([redis.restart(), postgres.restart()]);
  },

  'Redis killed': ({ stage, last }) => outage(stage.redis, () => last(0, 5)),
  'Redis paused': async ({ stage, last }) => {
    stage.redis.pause();
    await last(5, 40);
    stage.redis.resume();
  },
  'Redis wiped': ({ stage }) => command(stage.redis, (redis) => redis.flushall()),
  'Redis back in time': ({ stage, last }) => backInTime(stage, () => last(2, 6)),
  'Redis full': ({ stage, last }) => full(stage.redis, () => last(4, 12)),
  'Redis connections cut': async ({ stage }) => stage.redis.network.cut(),
  'Redis connections half-open': async ({ stage }) => stage.redis.network.strand(),
  'Redis unreachable': ({ stage, last }) => unreachable(stage.redis, () => last(3, 15)),
  'Redis network hangs': ({ stage, last }) => hang(stage.redis, () => last(5, 20)),
  'Redis network slow': ({ stage, last, dice }) => slow(stage.redis, dice, () => last(3, 8)),

  'Redis keys of the wrong type': ({ stage, dice }) =>
    command(stage.redis, async (redis) => {
      const keys = await redis.keys('{gantry}:exec:*');
      for (const key of dice.shuffle(keys).slice(0, 5)) await redis.set(key, 'x');
    }),
  'Redis queues evicted': ({ stage }) =>
    command(stage.redis, async (redis) => {
      for (const key of await redis.keys('{gantry}:*:prioritized')) await redis.del(key);
    }),

  'contents away': async ({ stage: { contentDir }, last }) => {
    await rename(contentDir, `${contentDir}.away`);
    await writeFile(contentDir, '');
    await last(3, 12);
    await rm(contentDir);
    await rename(`${contentDir}.away`, contentDir);
  },

  'Postgres table locked': ({ stage, last }) => locked(stage.postgres, () => last(5, 20)),
  'Postgres killed': ({ stage, last }) => outage(stage.postgres, () => last(0, 3)),
  'Postgres away': ({ stage, last }) => outage(stage.postgres, () => last(15, 60)),
  'Postgres connections cut': async ({ stage }) => stage.postgres.network.cut(),
  'Postgres connections half-open': async ({ stage }) => stage.postgres.network.strand(),
  'Postgres network hangs': ({ stage, last }) => hang(stage.postgres, () => last(5, 20)),
  'Postgres network slow': ({ stage, last, dice }) => slow(stage.postgres, dice, () => last(3, 8)),
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS;

function processes({ system }: Stage, role: Role): SystemProcess[] {
  return system.processes.filter(({ name }) => name.startsWith(role));
}

/** The scheduler that leads; any of them while none does. */
async function leader(stage: Stage): Promise<SystemProcess> {
  const schedulers = processes(stage, 'scheduler');
  for (const scheduler of schedulers) if (await leads(scheduler)) return scheduler;
  const [first] = schedulers;
  if (first === undefined) throw new Error('there is no scheduler');
  return first;
}

async function leads({ url }: SystemProcess): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(2_000) });
    return /^gantry_scheduler_leads\S* 1$/m.test(await answer.text());
  } catch {
    return false;
  }
}

async function pause({ last }: Strike, process: SystemProcess, [least, most]: [number, number]): Promise<void> {
  process.kill('SIGSTOP');
  await last(least, most);
  process.kill('SIGCONT');
}

async function outage(server: BreakableServer, last: () => Promise<void>): Promise<void> {
  await server.kill();
  await last();
  await server.restart();
}

async function unreachable({ network }: BreakableServer, last: () => Promise<void>): Promise<void> {
  network.refuse();
  await last();
  network.heal();
}

async function hang({ network }: BreakableServer, last: () => Promise<void>): Promise<void> {
  network.hang();
  await last();
  network.heal();
}

async function slow({ network }: BreakableServer, dice: Dice, last: () => Promise<void>): Promise<void> {
  network.slow(dice.between(5, 50));
  await last();
  network.heal();
}

/** Redis loses what it was told since a moment some seconds ago: its disk was restored, or an old replica was promoted. */
async function backInTime({ redis, redisDir }: Stage, last: () => Promise<void>): Promise<void> {
  const files = join(redisDir, 'appendonlydir');
  const copy = join(redisDir, 'earlier');
  await cp(files, copy, { recursive: true });
  await last();
  await redis.kill();
  await rm(files, { recursive: true });
  await cp(copy, files, { recursive: true });
  await rm(copy, { recursive: true });
  await redis.restart();
}

/** Redis refuses every command that needs memory. */
async function full(server: BreakableServer, last: () => Promise<void>): Promise<void> {
  await command(server, (redis) => redis.config('SET', 'maxmemory', '1mb'));
  await last();
  await command(server, (redis) => redis.config('SET', 'maxmemory', '0'));
}

async function command(server: BreakableServer, send: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis(server.directUrl);
  try {
    await send(redis);
  } finally {
    redis.disconnect();
  }
}

/** Somebody holds a lock that every write of an execution needs. */
async function locked(server: BreakableServer, last: () => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: server.directUrl });
  client.on('error', () => undefined); // it is killed by another fault: the lock goes with it
  await client.connect();
  try {
    await client.query('begin');
    await client.query('lock table executions in exclusive mode');
    await last();
  } finally {
    await client.end();
  }
}

/** @param pace 1: as long as the table says; less: shorter */
export function lasting(dice: Dice, pace: number): Strike['last'] {
  return (least, most) => delay(dice.between(least, most) * pace * 1_000);
}
