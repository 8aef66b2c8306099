import type { CommitFollower } from '@gantry/dispatch/commit-follower';
import type { Database } from '@gantry/record/connection/database';
import { asLeader, type Leadership } from '@gantry/record/leader/leadership';
import { type ClaimedDeliveries, claimDeliveries, findDueWebhooks } from '@gantry/record/webhooks/due-deliveries';
import { type Attempted, settleDeliveries } from '@gantry/record/webhooks/settle-deliveries';
import type { Logger } from '@gantry/service/logger';
import { type Periodic, periodic } from '@gantry/service/periodic';
import type { Lookout } from '../lookout.ts';

/** What came of what was sent, and for how long nothing more is to be sent there. */
export interface Sent {
  attempted: Attempted[];
  holdMs: number;
}

/** Sends what is due to one receiver. Never rejects: a failure is what came of it. */
export type Send = (claimed: ClaimedDeliveries, signal: AbortSignal) => Promise<Sent>;

interface DelivererDeps {
  db: Database;
  leadership: Leadership;
  commits: Pick<CommitFollower, 'follow'>;
  lookout: Lookout;
  send: Send;
  logger: Logger;
}

const LOOK_EVERY_MS = 1_000;

/** Receivers that are sent to at the same time; a slow one holds up itself alone. */
const LANES = 20;
const BATCH = 32;

/**
 * Sends what the outbox holds. What was claimed and never settled, because this process died, is due again later: it may
 * have arrived, so its id is the same.
 */
export function deliverer({ db, leadership, commits, lookout, send, logger }: DelivererDeps): Periodic {
  const lanes = new Map<string, Promise<void>>();
  const stopping = new AbortController();

  const serve = async (webhookId: string) => {
    const claimed = await commits.follow(
      asLeader(db, leadership, (tx, now) => claimDeliveries(tx, { webhookId, limit: BATCH, now })),
    );
    if (claimed === undefined || claimed.deliveries.length === 0) return;
    const { attempted, holdMs } = await send(claimed, stopping.signal);
    // What was cut off by the stop is sent by the next leader.
    if (stopping.signal.aborted) return;
    const disabled = await commits.follow(
      asLeader(db, leadership, (tx, now) => settleDeliveries(tx, webhookId, attempted, { now, holdMs })),
    );
    if (disabled) logger.error({ webhookId, reason: disabled }, 'a webhook is switched off');
  };

  const looking = periodic({
    name: 'deliverer',
    everyMs: LOOK_EVERY_MS,
    logger,
    run: async () => {
      const free = LANES - lanes.size;
      if (free === 0 || !(await lookout.look()).deliveries) return;
      for (const webhookId of await findDueWebhooks(db, [...lanes.keys()], free)) {
        const lane = serve(webhookId).then(
          () => {
            lanes.delete(webhookId);
            looking.wake();
          },
          (error) => {
            // It is due as before: what the record refuses is not asked of it again before the next look.
            lanes.delete(webhookId);
            logger.error({ err: error, webhookId }, 'deliveries are tried again');
          },
        );
        lanes.set(webhookId, lane);
      }
    },
  });
  return {
    ...looking,
    async stop() {
      stopping.abort();
      await looking.stop();
      await Promise.all(lanes.values());
    },
  };
}
