import type { DocumentFamily } from '@gantry/contracts/http/document-family';
import type { FamilyView } from '@gantry/record/families/family-view';
import { findFamily } from '@gantry/record/families/find-family';
import type { ApiDeps } from '../api-deps.ts';
import { notFound } from '../http/api-error.ts';

export function familyAnswer(row: FamilyView): DocumentFamily {
  return {
    id: row.id,
    changeSequence: row.change_sequence,
    createdOn: row.created_at.toISOString(),
    updatedOn: row.updated_at.toISOString(),
    projectId: row.project_id,
    storeId: row.store_id,
    storeRef: row.store_ref,
    path: row.path,
    labels: row.labels,
    mixins: row.mixins,
    metadata: row.metadata,
    contentObjects: row.content_objects,
    documentStatus: row.document_status,
    locked: row.locked,
  };
}

/** @throws ApiError NOT_FOUND */
export async function readFamily({ db }: ApiDeps, organizationId: string, id: string): Promise<DocumentFamily> {
  const family = await findFamily(db, { organizationId, id });
  if (family === undefined) throw notFound('document family', id);
  return familyAnswer(family);
}
