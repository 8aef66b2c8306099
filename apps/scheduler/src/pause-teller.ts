import type { PausedWork } from '@gantry/dispatch/paused-work';
import { pausedIn } from '@gantry/record/admission/pauses';
import type { Logger } from '@gantry/service/logger';
import { type Periodic, periodic } from '@gantry/service/periodic';
import type { Lookout } from './lookout.ts';

const EVERY_MS = 1_000;
/** While nothing is paused, what Redis says is looked at so often: it may have been set back in time. */
const NOTHING_MS = 5_000;

interface PauseTellerDeps {
  lookout: Lookout;
  work: Pick<PausedWork, 'tell'>;
  /** Everything waits, or at least some assistants. */
  onHeld: (held: { everything: boolean; assistants: boolean }) => void;
  logger: Logger;
}

/** Tells planner and workers what the record says is paused. */
export function pauseTeller({ lookout, work, onHeld, logger }: PauseTellerDeps): Periodic {
  let nothingToldAt = Number.NEGATIVE_INFINITY;
  return periodic({
    name: 'pauses',
    everyMs: EVERY_MS,
    logger,
    run: async () => {
      const { held } = await lookout.look();
      const paused = pausedIn(held);
      onHeld({ everything: paused.everything, assistants: held.some(({ kind }) => kind === 'assistant') });
      if (held.length === 0 && performance.now() - nothingToldAt < NOTHING_MS) return;
      await work.tell(paused);
      nothingToldAt = held.length === 0 ? performance.now() : Number.NEGATIVE_INFINITY;
    },
  });
}
