import { admissionIsOpen } from '../admission/admission-is-open.ts';
import type { Tx } from '../connection/database.ts';
import { familiesOf } from '../families/families-of.ts';
import { type Pair, REPLACEABLE, replaceExecutions, replaceLast } from '../reprocess/replace-execution.ts';
import type { Row } from '../schema/tables.ts';
import { type ItemFailure, isGone } from './item-failure.ts';

/**
 * An item of an assistant and a document family is what reprocessing the family with that assistant is; what is left of
 * one whose assistant or family is gone, and one that is about neither, is its execution, run again from its context.
 */
export async function reprocessItems(
  tx: Tx,
  { organization_id: organizationId }: Pick<Row<'bulk_operations'>, 'organization_id'>,
  items: readonly Row<'bulk_items'>[],
  now: Date,
): Promise<ItemFailure[]> {
  const moment = { open: await admissionIsOpen(tx), now };
  const assistantOf = await assistantsOf(tx, organizationId, items);
  const familyOf = await familiesOf(
    tx,
    items.map(({ document_family_id }) => ({ organization_id: organizationId, document_family_id })),
  );
  const pairs: Pair[] = [];
  const alone: Row<'bulk_items'>[] = [];
  const failures: ItemFailure[] = [];
  for (const item of items) {
    const { execution_id, assistant_id, document_family_id } = item;
    const assistant = assistantOf({ assistant_id });
    const family = familyOf({ organization_id: organizationId, document_family_id });
    if (assistant && family) pairs.push({ assistant, family });
    else if (execution_id === null) failures.push(isGone(item));
    else alone.push(item);
  }
  const again = await replaceLast(tx, pairs, moment);

  const executions = await lockExecutions(
    tx,
    organizationId,
    alone.flatMap(({ execution_id }) => execution_id ?? []),
  );
  const standing = new Set(executions.map(({ id }) => id));
  failures.push(...alone.filter(({ execution_id }) => !standing.has(execution_id ?? '')).map(isGone));
  const assistantOfExecution = await assistantsOf(tx, organizationId, executions);
  const familyOfExecution = await familiesOf(tx, executions);
  const replaced = await replaceExecutions(
    tx,
    executions.map((last) => ({ last, assistant: assistantOfExecution(last), family: familyOfExecution(last) })),
    moment,
  );
  tx.after.enqueue.push(...[...again, ...replaced].flatMap(({ jobs }) => jobs));
  return failures;
}

type Assisted = Pick<Row<'executions'>, 'assistant_id'>;

async function assistantsOf(
  tx: Tx,
  organizationId: string,
  assisted: readonly Assisted[],
): Promise<(assisted: Assisted) => Row<'assistants'> | undefined> {
  const ids = [...new Set(assisted.flatMap(({ assistant_id }) => assistant_id ?? []))];
  if (ids.length === 0) return () => undefined;
  const rows = await tx
    .selectFrom('assistants')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', 'in', ids)
    .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ({ assistant_id }) => byId.get(assistant_id ?? '');
}

async function lockExecutions(tx: Tx, organizationId: string, ids: readonly string[]): Promise<Row<'executions'>[]> {
  if (ids.length === 0) return [];
  return tx
    .selectFrom('executions')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', 'in', ids)
    .where('status', 'in', REPLACEABLE)
    .orderBy('id')
    .forUpdate()
    .execute();
}
