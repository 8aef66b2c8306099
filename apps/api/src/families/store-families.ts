import type { DocumentFamily } from '@gantry/contracts/http/document-family';
import { foreignIdField } from '@gantry/contracts/http/fields';
import { findStore } from '@gantry/record/stores/find-store';
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import { readFamily } from './family-answer.ts';

/** A store as some clients name it: by its ref, in three parts. */
export const STORE_PATH = '/api/stores/:orgSlug/:slug/:version';

export const storeParams = z.object({ orgSlug: foreignIdField, slug: foreignIdField, version: foreignIdField });

export const storeFamilyParams = storeParams.extend({ id: foreignIdField });

/**
 * A document family, if it is in the store that the path names.
 * @throws ApiError NOT_FOUND
 */
export async function readStoreFamily(
  deps: ApiDeps,
  organizationId: string,
  { orgSlug, slug, version, id }: z.infer<typeof storeFamilyParams>,
): Promise<DocumentFamily> {
  const storeRef = `${orgSlug}/${slug}:${version}`;
  if (!(await findStore(deps.db, { organizationId, orgSlug, slug, version }))) throw notFound('store', storeRef);
  const family = await readFamily(deps, organizationId, id);
  if (family.storeRef !== storeRef) {
    throw new ApiError('NOT_FOUND', `The document family ${id} is not in the store ${storeRef}.`);
  }
  return family;
}
