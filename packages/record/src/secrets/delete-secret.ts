import { type Actor, audit } from '../audit/audit.ts';
import type { Database } from '../connection/database.ts';
import type { SecretPlace } from './put-secret.ts';

export function deleteSecret(
  db: Database,
  { organizationId, projectId, name }: SecretPlace,
  actor?: Actor,
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const row = await tx
      .deleteFrom('secrets')
      .where('organization_id', '=', organizationId)
      .where('project_id', 'is not distinct from', projectId)
      .where('name', '=', name)
      .returning('id')
      .executeTakeFirst();
    if (row === undefined) return false;
    await audit(tx, actor, { action: 'delete', resource: 'secret', id: row.id, details: { name, projectId } });
    return true;
  });
}
