import type { FolderContentStore } from '@gantry/contents/folder-content-store';
import type { ExecutionJob } from '@gantry/contracts/execution-job';
import type { Brake } from '@gantry/dispatch/brake';
import type { RuntimeLoads } from '@gantry/dispatch/runtime-load';
import type { Database } from '@gantry/record/connection/database';
import type { Logger } from '@gantry/service/logger';
import type { ApiMetrics } from './api-metrics.ts';
import type { KeyVerifier } from './http/key-verifier.ts';
import type { RateLimiter } from './http/rate-limiter.ts';
import type { IngestBatcher } from './ingest-batcher.ts';
import type { Watchers } from './watch/watchers.ts';

/** What the routes work with. */
export interface ApiDeps {
  db: Database;
  keys: KeyVerifier;
  rateLimiter: RateLimiter;
  batcher: IngestBatcher;
  /** Enqueues executions that are in the record; never rejects. */
  enqueue: (jobs: readonly ExecutionJob[]) => Promise<void>;
  brake: Pick<Brake, 'apply'>;
  runtimes: Pick<RuntimeLoads, 'read'>;
  content: Pick<FolderContentStore, 'forOrganization'>;
  /** By event type; they replace the built-in ones. */
  priorityDefaults: Readonly<Record<string, number>>;
  watchers: Watchers;
  maxUploadBytes: number;
  logger: Logger;
  metrics: ApiMetrics;
}
