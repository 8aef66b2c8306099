import { Brake } from '@gantry/dispatch/brake';
import type { ChangePublisher } from '@gantry/dispatch/change-publisher';
import { CommitFollower } from '@gantry/dispatch/commit-follower';
import type { ProducerRedis } from '@gantry/dispatch/connect';
import { ExecutionPermissions } from '@gantry/dispatch/execution-permissions';
import { ExecutionQueue } from '@gantry/dispatch/execution-queue';
import type { Keys } from '@gantry/dispatch/keys';
import type { Queues } from '@gantry/dispatch/queues';
import type { Logger } from '@gantry/service/logger';
import type { ApiMetrics } from './api-metrics.ts';

interface FollowerDeps {
  redis: ProducerRedis;
  keys: Keys;
  queues: Queues;
  publisher: ChangePublisher;
  logger: Logger;
  metrics: Pick<ApiMetrics, 'countLateJobs'>;
}

/** Follows the commits of this api: Redis being away makes executions late, and the scheduler makes up for it. */
export function followCommits({ redis, keys, queues, publisher, logger, metrics }: FollowerDeps): CommitFollower {
  return new CommitFollower({
    executions: new ExecutionQueue(queues),
    brake: new Brake(redis, keys, queues),
    permissions: new ExecutionPermissions(redis, keys),
    publisher,
    onLate: (error, late, count) => {
      if (late === 'enqueue') metrics.countLateJobs(count);
      logger.warn(
        { err: error, late, count },
        'Redis did not take what follows a commit: the scheduler makes up for it',
      );
    },
  });
}
