import type { AlertCondition } from '@gantry/domain/alert';
import { type Actor, audit } from '../audit/audit.ts';
import { type Database, jsonb } from '../connection/database.ts';
import { newId } from '../schema/new-id.ts';
import type { Row } from '../schema/tables.ts';

/** An organization's alerts at most: all are looked at every few seconds. */
const MAX_ALERTS = 100;

export interface NewAlert {
  organizationId: string;
  projectId: string | null;
  assistantId: string | null;
  name: string;
  condition: AlertCondition;
  active: boolean;
  mutedUntil: Date | null;
}

/** @returns undefined when the organization has as many as it may have */
export function createAlert(db: Database, alert: NewAlert, actor?: Actor): Promise<Row<'alerts'> | undefined> {
  const { organizationId } = alert;
  return db.transaction().execute(async (tx) => {
    const { count } = await tx
      .selectFrom('alerts')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('organization_id', '=', organizationId)
      .executeTakeFirstOrThrow();
    if (count >= MAX_ALERTS) return undefined;
    const row = await tx
      .insertInto('alerts')
      .values({
        id: newId(),
        organization_id: organizationId,
        project_id: alert.projectId,
        assistant_id: alert.assistantId,
        name: alert.name,
        condition: jsonb(alert.condition),
        active: alert.active,
        muted_until: alert.mutedUntil,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    const details = { name: row.name, kind: row.condition.kind };
    await audit(tx, actor, { action: 'create', resource: 'alert', id: row.id, details });
    return row;
  });
}
