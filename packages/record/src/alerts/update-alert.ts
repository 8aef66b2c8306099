import type { AlertCondition } from '@gantry/domain/alert';
import { sql } from 'kysely';
import { type Actor, audit, givenFields } from '../audit/audit.ts';
import { type ChangeOutcome, changeOutcome } from '../changes/change-outcome.ts';
import { type Database, jsonb } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';
import { findAlert } from './find-alert.ts';

export interface AlertChange {
  organizationId: string;
  id: string;
  /** The change sequence that was read; null: no check. */
  changeSequence: number | null;
  /** What is undefined stays. */
  values: {
    name?: string | undefined;
    condition?: AlertCondition | undefined;
    active?: boolean | undefined;
    mutedUntil?: Date | null | undefined;
  };
}

/** With another condition, or switched off or on, it begins anew; that it fired is not resolved then. */
export function updateAlert(
  db: Database,
  { organizationId, id, changeSequence, values }: AlertChange,
  actor?: Actor,
): Promise<ChangeOutcome<Row<'alerts'>>> {
  const { condition, mutedUntil, ...columns } = values;
  const anew = condition !== undefined || values.active !== undefined;
  return db.transaction().execute(async (tx) => {
    const changed = await tx
      .updateTable('alerts')
      .set({
        ...columns,
        condition: condition && jsonb(condition),
        muted_until: mutedUntil,
        ...(anew ? { holds_since: null, firing_since: null, message: null } : {}),
        change_sequence: sql`change_sequence + 1`,
        updated_at: sql`now()`,
      })
      .where('organization_id', '=', organizationId)
      .where('id', '=', id)
      .$if(changeSequence !== null, (query) => query.where('change_sequence', '=', changeSequence))
      .returningAll()
      .executeTakeFirst();
    if (changed) {
      const details = { name: changed.name, fields: givenFields(values) };
      await audit(tx, actor, { action: 'update', resource: 'alert', id, details });
    }
    return changeOutcome(changed, () => findAlert(tx, { organizationId, id }));
  });
}
