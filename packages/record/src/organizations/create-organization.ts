import { type Actor, audit } from '../audit/audit.ts';
import type { Database } from '../connection/database.ts';
import type { NewKey } from '../keys/create-key.ts';
import { slugCandidates } from '../projects/slug-candidates.ts';
import { newId } from '../schema/new-id.ts';
import type { Row } from '../schema/tables.ts';

export interface NewOrganization {
  name: string;
  /** Made from the name when left out. */
  slug: string | undefined;
  /** Without one, nobody could speak for it. */
  firstKey: Omit<NewKey, 'organizationId'>;
}

/** @returns undefined when the slug is taken */
export async function createOrganization(
  db: Database,
  { name, slug, firstKey }: NewOrganization,
  actor?: Actor,
): Promise<Row<'organizations'> | undefined> {
  return db.transaction().execute(async (tx) => {
    for (const candidate of slug === undefined ? slugCandidates(name, 'organization') : [slug]) {
      const organization = await tx
        .insertInto('organizations')
        .values({ id: newId(), slug: candidate, name })
        .onConflict((conflict) => conflict.column('slug').doNothing())
        .returningAll()
        .executeTakeFirst();
      if (organization === undefined) continue;
      await tx
        .insertInto('api_keys')
        .values({
          id: newId(),
          organization_id: organization.id,
          name: firstKey.name,
          scopes: [...firstKey.scopes],
          secret_hash: firstKey.secretHash,
        })
        .execute();
      await audit(tx, actor, { action: 'create', resource: 'organization', id: organization.id, details: { name } });
      return organization;
    }
    return undefined;
  });
}
