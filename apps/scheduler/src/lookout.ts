import type { Database } from '@gantry/record/connection/database';
import { type Outlook, readOutlook } from '@gantry/record/outlook/read-outlook';

/** An outlook that is not older serves whoever looks again and again. */
const FRESH_MS = 500;

export interface SeenOutlook extends Outlook {
  /** When it was read, in ms of `performance.now()`. */
  readAtMs: number;
}

/** What the record says there is to do. */
export interface Lookout {
  /** @param freshMs how old it may be; one that is being read will always do */
  look(freshMs?: number): Promise<SeenOutlook>;
}

/** Asks the record once for all duties that look at about the same time. */
export function sharedLookout(db: Database): Lookout {
  let last: SeenOutlook | undefined;
  let underWay: Promise<SeenOutlook> | undefined;
  const read = async () => {
    last = { ...(await readOutlook(db)), readAtMs: performance.now() };
    return last;
  };
  return {
    async look(freshMs = FRESH_MS) {
      if (last && performance.now() - last.readAtMs < freshMs) return last;
      underWay ??= read().finally(() => {
        underWay = undefined;
      });
      return underWay;
    },
  };
}
