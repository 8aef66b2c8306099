import { findExecutionRow } from '@gantry/record/executions/find-execution-row';
import type { Row } from '@gantry/record/schema/tables';
import type { ApiDeps } from '../api-deps.ts';
import { notFound } from '../http/api-error.ts';
import type { Caller } from '../http/caller.ts';

/** @throws ApiError NOT_FOUND */
export async function readExecutionRow(
  { db }: ApiDeps,
  { organizationId }: Caller,
  id: string,
): Promise<Row<'executions'>> {
  const row = await findExecutionRow(db, { organizationId, id });
  if (row === undefined) throw notFound('execution', id);
  return row;
}
