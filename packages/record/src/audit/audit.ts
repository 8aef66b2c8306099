import type { AuditAction, AuditResource } from '@gantry/contracts/http/audit-entry';
import type { JsonObject } from '@gantry/domain/json';
import type { Transaction } from 'kysely';
import { type Database, jsonb } from '../connection/database.ts';
import { newId } from '../schema/new-id.ts';
import type { Tables } from '../schema/tables.ts';

/** Who does something: an API key, as it is named at that moment. */
export interface Actor {
  organizationId: string;
  keyId: string;
  keyName: string;
}

interface Deed {
  action: AuditAction;
  resource: AuditResource;
  id: string;
  details?: JsonObject;
}

/** Writes down who did something, in the transaction that does it. Of what the system does by itself nobody is the actor. */
export async function audit(
  tx: Transaction<Tables>,
  actor: Actor | undefined,
  { action, resource, id, details }: Deed,
): Promise<void> {
  if (actor === undefined) return;
  await tx
    .insertInto('audit_entries')
    .values({
      id: newId(),
      organization_id: actor.organizationId,
      at: new Date(),
      key_id: actor.keyId,
      key_name: actor.keyName,
      action,
      resource,
      resource_id: id,
      details: details && jsonb(details),
    })
    .execute();
}

/** The names of what a change gives a value: what is undefined stays as it is. */
export function givenFields(values: object): string[] {
  return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [name]));
}

/** For what is done outside of the record. */
export async function auditAlone(db: Database, actor: Actor, deed: Deed): Promise<void> {
  await db.transaction().execute((tx) => audit(tx, actor, deed));
}
