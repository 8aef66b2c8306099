import type { ContentStores } from '@gantry/contents/content-store';
import type { CommitFollower } from '@gantry/dispatch/commit-follower';
import type { PausedWork } from '@gantry/dispatch/paused-work';
import type { QueuePlaces } from '@gantry/dispatch/queue-places';
import type { RedisLook } from '@gantry/dispatch/redis-look';
import type { RuntimeLoads } from '@gantry/dispatch/runtime-load';
import type { WorkerRegistry } from '@gantry/dispatch/worker-registry';
import type { Database } from '@gantry/record/connection/database';
import type { Logger } from '@gantry/service/logger';
import type { ApiMetrics } from './api-metrics.ts';
import type { KeyVerifier } from './http/key-verifier.ts';
import type { RateLimiter } from './http/rate-limiter.ts';
import type { ReadShares } from './http/read-shares.ts';
import type { IngestBatcher } from './ingest-batcher.ts';
import type { SecretSeal } from './secrets/secret-seal.ts';
import type { ContentQuotas } from './stores/content-quotas.ts';
import type { Watchers } from './watch/watchers.ts';

/** What the routes work with. */
export interface ApiDeps {
  db: Database;
  keys: KeyVerifier;
  rateLimiter: RateLimiter;
  readShares: ReadShares;
  batcher: IngestBatcher;
  /** Does what follows a commit of the record. */
  commits: CommitFollower;
  runtimes: Pick<RuntimeLoads, 'read'>;
  places: Pick<QueuePlaces, 'before'>;
  workers: Pick<WorkerRegistry, 'list'>;
  pausedWork: Pick<PausedWork, 'askToDrain' | 'tell'>;
  redisLook: Pick<RedisLook, 'find'>;
  content: Pick<ContentStores, 'forOrganization'>;
  /** By event type; they replace the built-in ones. */
  priorityDefaults: Readonly<Record<string, number>>;
  watchers: Watchers;
  /** Undefined: secrets are not kept here. */
  seal: SecretSeal | undefined;
  maxUploadBytes: number;
  contentQuotas: ContentQuotas;
  logger: Logger;
  metrics: ApiMetrics;
}
