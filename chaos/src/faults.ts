import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Role } from '@gantry/launcher/roles';
import type { SystemProcess } from '@gantry/launcher/system';
import type { BreakableServer } from './breakable-server.ts';
import type { Dice } from './dice.ts';
import { diskFull, locked, restored } from './postgres-faults.ts';
import { backInTime, command, full, loseKeys, spoilKeys } from './redis-faults.ts';
import type { Stage } from './stage.ts';
import type { Strike } from './strike.ts';

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
  'scheduler clock jumps': (strike) => wrongClock(strike, 'scheduler', strike.dice.pick([-1, 1]) * 40 * DAY_MS),
  'worker clock wrong': (strike) => wrongClock(strike, 'worker', strike.dice.pick([-1, 1]) * HOUR_MS),
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
  'Redis keys evicted': ({ stage, dice }) => command(stage.redis, (redis) => loseKeys(redis, dice)),
  'Redis keys of the wrong type': ({ stage, dice }) => command(stage.redis, (redis) => spoilKeys(redis, dice)),
  'Redis connections cut': async ({ stage }) => stage.redis.network.cut(),
  'Redis connections half-open': async ({ stage }) => stage.redis.network.strand(),
  'Redis unreachable': ({ stage, last }) => unreachable(stage.redis, () => last(3, 15)),
  'Redis network hangs': ({ stage, last }) => hang(stage.redis, () => last(5, 20)),
  'Redis network slow': ({ stage, last, dice }) => slow(stage.redis, dice, () => last(3, 8)),

  'contents away': async ({ stage: { contentDir }, last }) => {
    await rename(contentDir, `${contentDir}.away`);
    await writeFile(contentDir, '');
    await last(3, 12);
    // Whoever writes at this moment may make the folder anew between the two.
    for (let isBack = false; !isBack; ) {
      await rm(contentDir, { recursive: true, force: true });
      isBack = await rename(`${contentDir}.away`, contentDir).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code !== 'ENOTEMPTY') throw error;
          return false;
        },
      );
    }
  },
  'contents full': ({ stage: { contentDir }, last }) => contentsFull(join(contentDir, '.writing'), () => last(3, 12)),

  'Postgres killed': ({ stage, last }) => outage(stage.postgres, () => last(0, 3)),
  'Postgres away': ({ stage, last }) => outage(stage.postgres, () => last(15, 60)),
  'Postgres connections cut': async ({ stage }) => stage.postgres.network.cut(),
  'Postgres connections half-open': async ({ stage }) => stage.postgres.network.strand(),
  'Postgres network hangs': ({ stage, last }) => hang(stage.postgres, () => last(5, 20)),
  'Postgres restored': restored,
  'Postgres table locked': ({ stage, last }) => locked(stage.postgres, () => last(5, 20)),
  'Postgres disk full': ({ stage, last }) => diskFull(stage.postgres, () => last(4, 15)),
  'Postgres network slow': ({ stage, last, dice }) => slow(stage.postgres, dice, () => last(3, 8)),
} as const satisfies Record<string, Fault>;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

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

async function wrongClock({ stage, last }: Strike, role: Role, offsetMs: number): Promise<void> {
  await writeFile(join(stage.clocksDir, role), String(offsetMs));
  await last(5, 20);
  await writeFile(join(stage.clocksDir, role), '0');
}

/** Nothing new can be written, as when a disk is full; what is there can be read. */
async function contentsFull(writing: string, last: () => Promise<void>): Promise<void> {
  await rm(writing, { recursive: true, force: true });
  await writeFile(writing, '');
  await last();
  await rm(writing);
}
