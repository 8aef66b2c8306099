import type { CommitFollower } from '@gantry/dispatch/commit-follower';
import type { RuntimeRegistry } from '@gantry/dispatch/runtime-registry';
import { admitExecutions } from '@gantry/record/admission/admit-executions';
import { closeWhenFull } from '@gantry/record/admission/close-when-full';
import { firstPriority } from '@gantry/record/admission/first-priority';
import { type Door, lookAtDoor } from '@gantry/record/admission/look-at-door';
import type { Database } from '@gantry/record/connection/database';
import { asLeader, type Leadership } from '@gantry/record/leader/leadership';
import type { Logger } from '@gantry/service/logger';
import { type Periodic, periodic } from '@gantry/service/periodic';
import type { Lookout } from './lookout.ts';

interface AdmitterDeps {
  db: Database;
  leadership: Leadership;
  commits: Pick<CommitFollower, 'follow'>;
  runtimes: Pick<RuntimeRegistry, 'unserved' | 'waiting'>;
  lookout: Lookout;
  /** How many unfinished executions Redis may hold, about. */
  limit: number;
  /** How long one may wait while more urgent ones are admitted; without it, as long as there are such. */
  patienceMs?: number | undefined;
  logger: Logger;
}

const BUSY_MS = 250;
/** While nobody came since the last look, and nobody waits. */
const REST_MS = 1_000;
const BATCH = 1_000;
/** Before the next look at the clock: a leader that stops does not wait for a flood to be sorted. */
const MAX_ROUNDS = 50;

/** Keeps Redis filled up to the limit from those who wait in the record. */
export function admitter(deps: AdmitterDeps): Periodic {
  const { db, leadership, commits, runtimes, lookout, limit, patienceMs, logger } = deps;
  const lookAtRedis = async () => {
    const unserved = await runtimes.unserved();
    const priority = (await firstPriority(db)) ?? 0;
    const names = unserved.map(({ runtime }) => runtime);
    return { unserved, urgent: { priority, ...(await runtimes.waiting(priority, names)) } };
  };
  /** The newest execution when everything was looked at last. */
  let newest: string | null | undefined;
  let busy = false;
  const lookAtAll = async (): Promise<Door | undefined> => {
    const { doorOpen, requested, newestExecution } = await lookout.look();
    return doorOpen === null ? undefined : { open: doorOpen, waiting: requested, newest: newestExecution };
  };
  return periodic({
    name: 'admitter',
    everyMs: () => (busy ? BUSY_MS : REST_MS),
    logger,
    run: async () => {
      // Looking at everything four times a second would be most of what an idle scheduler does.
      const door = await (busy ? lookAtDoor(db) : lookAtAll());
      busy = !(door?.open && !door.waiting && door.newest === newest);
      if (!busy) return;
      if (door?.open && !door.waiting) {
        await asLeader(db, leadership, (tx) => closeWhenFull(tx, limit));
        newest = door.newest;
        return;
      }
      for (let round = 0, more = true; more && round < MAX_ROUNDS; round += 1) {
        // Without Redis nobody is admitted, but the door closes before the record holds more than Redis can take.
        const look = await lookAtRedis().catch(() => undefined);
        const admission = { limit, patienceMs, batch: look ? BATCH : 0, ...(look ?? { unserved: [] }) };
        more = await commits.follow(asLeader(db, leadership, (tx, now) => admitExecutions(tx, { ...admission, now })));
      }
      newest = door?.newest;
    },
  });
}
