import type { Database } from '@gantry/record/connection/database';
import { addContentUsage, readContentUsage } from '@gantry/record/contents/content-usage';
import type { ApiMetrics } from '../api-metrics.ts';
import { ApiError } from '../http/api-error.ts';

const MEGABYTE = 1_000_000;

interface ContentQuotasDeps {
  db: Database;
  metrics: Pick<ApiMetrics, 'countQuotaRefusal'>;
  /** Megabytes by slug of an organization; `*` for all others. */
  quotas: Readonly<Record<string, number>>;
}

/** How much each organization may have in the content store. */
export class ContentQuotas {
  readonly #deps: ContentQuotasDeps;

  constructor(deps: ContentQuotasDeps) {
    this.#deps = deps;
  }

  /** @throws ApiError CONTENT_QUOTA_EXCEEDED when it has no room left */
  async check(organizationId: string): Promise<void> {
    const { db, metrics, quotas } = this.#deps;
    if (Object.keys(quotas).length === 0) return;
    const { bytes, slug } = await readContentUsage(db, organizationId);
    const megabytes = quotas[slug] ?? quotas['*'];
    if (megabytes === undefined || bytes < megabytes * MEGABYTE) return;
    metrics.countQuotaRefusal();
    throw new ApiError(
      'CONTENT_QUOTA_EXCEEDED',
      `The organization may have ${megabytes} MB of contents, and has them.`,
    );
  }

  /** What was written counts from now on. */
  async add(organizationId: string, bytes: number): Promise<void> {
    const { db, quotas } = this.#deps;
    if (Object.keys(quotas).length > 0) await addContentUsage(db, organizationId, bytes);
  }
}
