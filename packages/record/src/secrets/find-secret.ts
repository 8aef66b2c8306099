import { statusValues, UNFINISHED_STATUSES } from '@gantry/domain/status';
import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import type { SealedSecret, SecretPlace } from './put-secret.ts';

/** The secret of a name as an unfinished execution has it: that of its project, else that of its organization. */
export async function findSecret(
  db: Database,
  { executionId, name }: { executionId: string; name: string },
): Promise<(SecretPlace & SealedSecret) | undefined> {
  const { rows } = await sql<SecretPlace & SealedSecret>`
    select secrets.organization_id as "organizationId", secrets.project_id as "projectId", secrets.name,
      secrets.sealed, secrets.key_id as "keyId"
    from executions join secrets on secrets.organization_id = executions.organization_id
      and (secrets.project_id = executions.project_id or secrets.project_id is null)
    where executions.id = ${executionId} and executions.status = any(${statusValues(UNFINISHED_STATUSES)})
      and secrets.name = ${name}
    order by secrets.project_id nulls last limit 1`.execute(db);
  return rows[0];
}
