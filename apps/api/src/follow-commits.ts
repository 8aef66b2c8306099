import { Brake } from '@gantry/dispatch/brake';
import type { ChangePublisher } from '@gantry/dispatch/change-publisher';
import { CommitFollower } from '@gantry/dispatch/commit-follower';
import type { ProducerRedis } from '@gantry/dispatch/connect';
import { ExecutionPermissions } from '@gantry/dispatch/execution-permissions';
import { ExecutionQueue } from '@gantry/dispatch/execution-queue';
import type { Shards } from '@gantry/dispatch/shards';
import type { Logger } from '@gantry/service/logger';
import type { ApiMetrics } from './api-metrics.ts';

interface FollowerDeps {
  shards: Shards<ProducerRedis>;
  publisher: ChangePublisher;
  logger: Logger;
  metrics: Pick<ApiMetrics, 'countLateJobs'>;
}

/** Follows the commits of this api: Redis being away makes executions late, and the scheduler makes up for it. */
export function followCommits({ shards, publisher, logger, metrics }: FollowerDeps): CommitFollower {
  return new CommitFollower({
    executions: new ExecutionQueue(shards),
    brake: new Brake(shards),
    permissions: new ExecutionPermissions(shards),
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
