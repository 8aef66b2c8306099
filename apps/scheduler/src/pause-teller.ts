import type { PausedWork } from '@gantry/dispatch/paused-work';
import { pausedIn, readHeld } from '@gantry/record/admission/pauses';
import type { Database } from '@gantry/record/connection/database';
import type { Logger } from '@gantry/service/logger';
import { type Periodic, periodic } from '@gantry/service/periodic';

const EVERY_MS = 1_000;

interface PauseTellerDeps {
  db: Database;
  work: Pick<PausedWork, 'tell'>;
  /** Everything waits, or at least some assistants. */
  onHeld: (held: { everything: boolean; assistants: boolean }) => void;
  logger: Logger;
}

/** Tells planner and workers what the record says is paused. */
export function pauseTeller({ db, work, onHeld, logger }: PauseTellerDeps): Periodic {
  return periodic({
    name: 'pauses',
    everyMs: EVERY_MS,
    logger,
    run: async () => {
      const held = await readHeld(db);
      const paused = pausedIn(held);
      onHeld({ everything: paused.everything, assistants: held.some(({ kind }) => kind === 'assistant') });
      await work.tell(paused);
    },
  });
}
