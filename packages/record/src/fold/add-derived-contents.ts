import type { ContentObject } from '@gantry/contracts/document-snapshot';
import type { WrittenContent } from '@gantry/domain/fact';
import { sql } from 'kysely';
import { jsonb, type Tx } from '../connection/database.ts';
import { familyKey } from '../events/upsert-families.ts';
import { withContentObjects } from '../families/content-objects.ts';
import { announceFamilies } from '../webhooks/announced-families.ts';
import type { FoldedExecution } from './save-states.ts';

type Family = Pick<ContentObject, 'storeRef'> & {
  organization_id: string;
  id: string;
  content_objects: ContentObject[];
};

/**
 * Lists what modules wrote among the content objects of their executions' document families, which are locked. An
 * execution that is about no document has nowhere to list it.
 */
export async function addDerivedContents(tx: Tx, changed: readonly FoldedExecution[], now: Date): Promise<void> {
  const derived = changed.flatMap(derivedContents);
  if (derived.length === 0) return;
  const byFamily = Map.groupBy(derived, ({ organizationId, familyId }) => familyKey(organizationId, familyId));
  const keys = derived.map(({ organizationId, familyId }) => ({ organization_id: organizationId, id: familyId }));
  const { rows } = await sql<Family>`
    select family.organization_id, family.id, family.content_objects,
      store.org_slug || '/' || store.slug || ':' || store.version as "storeRef"
    from document_families as family
    left join stores as store on store.organization_id = family.organization_id and store.id = family.store_id
    where (family.organization_id, family.id) in (
      select * from jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as told(organization_id uuid, id text)
    )`.execute(tx);
  const updated: Family[] = [];
  for (const family of rows) {
    const known = new Set(family.content_objects.map(({ id }) => id));
    const added = (byFamily.get(familyKey(family.organization_id, family.id)) ?? []).flatMap(
      ({ stepId, content, of }) => {
        const object = contentObject(family, content, now);
        return known.has(object.id) ? [] : [{ ...object, executionId: of, stepId }];
      },
    );
    if (added.length === 0) continue;
    await tx
      .updateTable('document_families')
      .set({
        content_objects: jsonb(withContentObjects(family.content_objects, added)),
        change_sequence: sql`change_sequence + 1`,
        updated_at: now,
      })
      .where('organization_id', '=', family.organization_id)
      .where('id', '=', family.id)
      .execute();
    updated.push(family);
  }
  await announceFamilies(tx, updated, now);
}

/** What the steps wrote that these facts have ended. */
function derivedContents({ row, state, after }: FoldedExecution) {
  const { id: of, organization_id: organizationId, document_family_id: familyId } = row;
  if (familyId === null) return [];
  return after.steps.flatMap((step, ordinal) =>
    step === state.steps[ordinal] || step.status !== 'SUCCEEDED'
      ? []
      : step.written.map((content) => ({ of, organizationId, familyId, stepId: `${of}.${ordinal}`, content })),
  );
}

/** The id is that of the bytes: told of again, it is known. */
function contentObject(
  { id, storeRef }: Family,
  { ref, contentType, name, size, sha256 }: WrittenContent,
  now: Date,
): Omit<ContentObject, 'index'> {
  return {
    id: ref.slice(ref.lastIndexOf('/') + 1),
    contentType: 'NATIVE',
    documentFamilyId: id,
    storeRef,
    contentRef: ref,
    labels: [],
    mixins: [],
    metadata: { contentType, sha256, ...(name === null ? {} : { fileName: name }) },
    size,
    createdOn: now.toISOString(),
    origin: 'DERIVED',
  };
}
