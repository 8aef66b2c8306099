import type { Committed } from '@gantry/contracts/after-commit';
import type { JsonObject } from '@gantry/domain/json';
import { sql } from 'kysely';
import { type ChangeOutcome, changeOutcome } from '../changes/change-outcome.ts';
import { CHANGED, noteChanges } from '../changes/changes.ts';
import { type Database, jsonb, type Tx } from '../connection/database.ts';
import { retryTransaction } from '../connection/retry-transaction.ts';

export interface ExecutionEdit {
  organizationId: string;
  id: string;
  /** The change sequence that was read; null: no check. */
  changeSequence: number | null;
  /** What is undefined stays. */
  values: {
    description?: string | null | undefined;
    loggingEnabled?: boolean | undefined;
    deleteLoggingOnSuccess?: boolean | undefined;
    customOptions?: JsonObject | undefined;
  };
}

/** Changes what clients may change of an execution: nothing that decides what becomes of it. */
export function editExecution(
  db: Database,
  { organizationId, id, changeSequence, values }: ExecutionEdit,
): Promise<Committed<ChangeOutcome<{ id: string }>>> {
  return retryTransaction(db, async (tx) => {
    const changed = await tx
      .updateTable('executions')
      .set({
        description: values.description,
        logging_enabled: values.loggingEnabled,
        delete_logging_on_success: values.deleteLoggingOnSuccess,
        custom_options: values.customOptions && jsonb(values.customOptions),
        change_sequence: sql`change_sequence + 1`,
        updated_at: sql`now()`,
      })
      .where('organization_id', '=', organizationId)
      .where('id', '=', id)
      .$if(changeSequence !== null, (query) => query.where('change_sequence', '=', changeSequence))
      .returning(CHANGED)
      .executeTakeFirst();
    noteChanges(tx, 'edited', changed ? [changed] : []);
    return changeOutcome(changed, () => findId(tx, organizationId, id));
  });
}

function findId(tx: Tx, organizationId: string, id: string): Promise<{ id: string } | undefined> {
  return tx
    .selectFrom('executions')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
}
