import type { Row } from '@gantry/record/schema/tables';
import { findWebhook } from '@gantry/record/webhooks/find-webhook';
import type { ApiDeps } from '../api-deps.ts';
import { notFound } from '../http/api-error.ts';

/** @throws ApiError NOT_FOUND */
export async function readWebhook(
  { db }: Pick<ApiDeps, 'db'>,
  organizationId: string,
  id: string,
): Promise<Row<'webhooks'>> {
  const row = await findWebhook(db, { organizationId, id });
  if (row === undefined) throw notFound('webhook', id);
  return row;
}
