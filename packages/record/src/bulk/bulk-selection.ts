import type { BulkKind } from '@gantry/contracts/http/bulk-operation';
import type { FilterNode } from '@gantry/domain/filter/filter-node';
import { FINISHED_STATUSES, statusValue, statusValues } from '@gantry/domain/status';
import { type RawBuilder, sql } from 'kysely';
import { heeding } from '../executions/command-sql.ts';
import { compileFilter } from '../filter/compile-filter.ts';
import { executionFields } from '../filter/execution-fields.ts';

/** What a bulk operation is about, within one organization. */
export type BulkSelection =
  | { kind: BulkKind; filter: FilterNode }
  | {
      kind: 'REPROCESS';
      storeId: string;
      familyIds: readonly string[] | 'all';
      /** Empty: each that processed the family before. */
      assistantIds: readonly string[];
    };

const REPROCESSABLE = heeding('replace');

/** The statuses of those that are items by themselves. */
const ONE_BY_ONE: Readonly<Record<Exclude<BulkKind, 'REPROCESS'>, number[]>> = {
  CANCEL: heeding('cancel'),
  RESTART: REPROCESSABLE,
  DELETE: statusValues(FINISHED_STATUSES),
};

/**
 * The items of an operation as a query, oldest first: each is one execution to cancel or delete, or one to be created.
 * @returns a query of execution_id, assistant_id, document_family_id and what orders them, age and key
 */
export function selectItems(organizationId: string, selection: BulkSelection): RawBuilder<unknown> {
  if ('storeId' in selection) return itemsOfStore(organizationId, selection);
  const matched = (statuses: number[]) => sql`
    organization_id = ${organizationId} and status = any(${statuses}) and ${compileFilter(selection.filter, executionFields)}`;
  if (selection.kind !== 'REPROCESS') {
    return sql`
      select id as execution_id, null::uuid as assistant_id, null::text as document_family_id, created_at as age, id::text as key
      from executions where ${matched(ONE_BY_ONE[selection.kind])}`;
  }
  // What an assistant did with a document family is replaced once, however often it did it.
  return sql`
    (select distinct on (assistant_id, document_family_id)
      id as execution_id, assistant_id, document_family_id, created_at as age, id::text as key
    from executions
    where ${matched(REPROCESSABLE)} and assistant_id is not null and document_family_id is not null
    order by assistant_id, document_family_id, created_at desc, id desc)
    union all
    select id, null, null, created_at, id::text
    from executions where ${matched(REPROCESSABLE)} and (assistant_id is null or document_family_id is null)`;
}

function itemsOfStore(
  organizationId: string,
  { storeId, familyIds, assistantIds }: Extract<BulkSelection, { storeId: string }>,
): RawBuilder<unknown> {
  const families = sql`
    select id, created_at from document_families
    where organization_id = ${organizationId} and store_id = ${storeId}
      and ${familyIds === 'all' ? sql`true` : sql`id = any(${familyIds})`}`;
  if (assistantIds.length > 0) {
    return sql`
      select null::uuid as execution_id, assistant.id as assistant_id, family.id as document_family_id,
        family.created_at as age, family.id as key
      from (${families}) as family cross join unnest(${assistantIds}::uuid[]) as assistant(id)`;
  }
  return sql`
    select null::uuid as execution_id, done.assistant_id, family.id as document_family_id, family.created_at as age, family.id as key
    from (${families}) as family cross join lateral (
      select distinct assistant_id from executions
      where organization_id = ${organizationId} and document_family_id = family.id and assistant_id is not null
        and status <> ${statusValue('SKIPPED')}
    ) as done`;
}
