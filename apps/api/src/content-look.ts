import { type ContentStores, contentOwner } from '@gantry/contents/content-store';
import type { Database } from '@gantry/record/connection/database';
import { lookAtContents } from '@gantry/record/contents/look-at-contents';
import type { Logger } from '@gantry/service/logger';
import { type Periodic, periodic } from '@gantry/service/periodic';
import type { ApiMetrics } from './api-metrics.ts';

interface ContentLookDeps {
  db: Database;
  content: Pick<ContentStores, 'list'>;
  metrics: Pick<ApiMetrics, 'countUnreferenced'>;
  logger: Logger;
}

/** A page a second: a million contents in an hour and a half. */
const EVERY_MS = 1_000;
const PAGE = 200;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Looks through the content store four times a day, and discards what nothing has referred to for a week. */
export function contentLook({ db, content, metrics, logger }: ContentLookDeps): Periodic {
  const list = async (after: string | null) => {
    const listed = await content.list(after, PAGE);
    return listed.map((one) => ({ ...one, organizationId: contentOwner(one.ref) }));
  };
  return periodic({
    name: 'content-look',
    everyMs: EVERY_MS,
    logger,
    run: async () => {
      const look = await lookAtContents(db, { list, graceMs: 7 * DAY_MS, everyMs: 6 * HOUR_MS });
      if (look === undefined || look.discarded === 0) return;
      metrics.countUnreferenced(look.discarded);
      logger.info({ discarded: look.discarded }, 'discarded contents that nothing refers to');
    },
  });
}
