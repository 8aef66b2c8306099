import { ContentError, type ContentStores, contentOwner } from '@gantry/contents/content-store';
import type { Database } from '@gantry/record/connection/database';
import { sweepDiscarded } from '@gantry/record/retention/sweep-discarded';
import type { Logger } from '@gantry/service/logger';
import { type Periodic, periodic } from '@gantry/service/periodic';

interface ContentSweeperDeps {
  db: Database;
  content: ContentStores;
  logger: Logger;
}

const EVERY_MS = 2_000;
const BATCH = 500;

const UNFINISHED_EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Removes what writers that were killed left in the content store. */
export function unfinishedSweeper({ content, logger }: Pick<ContentSweeperDeps, 'content' | 'logger'>): Periodic {
  const run = () => content.sweepUnfinished(DAY_MS);
  return periodic({ name: 'unfinished-sweeper', everyMs: UNFINISHED_EVERY_MS, logger, run });
}

/** Deletes the contents that the record has discarded; of several apis each takes its own. */
export function contentSweeper({ db, content, logger }: ContentSweeperDeps): Periodic {
  const remove = async (ref: string) => {
    try {
      await content.forOrganization(contentOwner(ref)).delete(ref);
    } catch (error) {
      // Such a reference names nothing that could be deleted.
      if (!(error instanceof ContentError && error.code === 'CONTENT_REF_INVALID')) throw error;
    }
  };
  return periodic({
    name: 'content-sweeper',
    everyMs: EVERY_MS,
    logger,
    run: async () => {
      const { removed, failed } = await sweepDiscarded(db, BATCH, remove);
      if (removed > 0) logger.debug({ removed }, 'contents deleted');
      if (failed.length > 0) logger.warn({ err: failed[0], failed: failed.length }, 'contents could not be deleted');
    },
  });
}
