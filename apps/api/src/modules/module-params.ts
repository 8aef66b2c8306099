import { idField } from '@gantry/contracts/http/fields';
import { parseModuleRef } from '@gantry/domain/module-ref';
import { findModule } from '@gantry/record/modules/find-module';
import type { Row } from '@gantry/record/schema/tables';
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import { ApiError, notFound } from '../http/api-error.ts';

const byId = z.object({ id: idField });
const byRef = z.object({ orgSlug: z.string(), slug: z.string() });

type ModuleParams = z.infer<typeof byId> | z.infer<typeof byRef>;

/** A module has two paths: its ref, and its id. */
export const MODULE_PATHS: readonly { path: string; params: z.ZodType<ModuleParams> }[] = [
  { path: '/api/modules/:orgSlug/:slug', params: byRef },
  { path: '/api/modules/:id', params: byId },
];

/** @throws ApiError NOT_FOUND */
export async function readModule(
  db: ApiDeps['db'],
  organizationId: string,
  params: ModuleParams,
): Promise<Row<'modules'>> {
  const module = await find(db, organizationId, params);
  if (module === undefined) throw notFound('module', 'id' in params ? params.id : `${params.orgSlug}/${params.slug}`);
  return module;
}

/** The slug may carry a version, as in a ref; it must be the present one then. */
async function find(
  db: ApiDeps['db'],
  organizationId: string,
  params: ModuleParams,
): Promise<Row<'modules'> | undefined> {
  if ('id' in params) return findModule(db, { organizationId, id: params.id });
  const ref = parseModuleRef(`${params.orgSlug}/${params.slug}`);
  const module = ref && (await findModule(db, { organizationId, orgSlug: ref.orgSlug, slug: ref.slug }));
  return ref?.version === undefined || ref.version === module?.version ? module : undefined;
}

/**
 * The same for whoever is about to change it.
 * @throws ApiError NOT_FOUND, MODULE_BUILT_IN
 */
export async function readOwnModule(
  db: ApiDeps['db'],
  organizationId: string,
  params: ModuleParams,
): Promise<Row<'modules'>> {
  const module = await readModule(db, organizationId, params);
  if (module.organization_id === null) throw builtIn(module.org_slug, module.slug, module.reported_at !== null);
  return module;
}

export function builtIn(orgSlug: string, slug: string, reported = false): ApiError {
  const where = reported ? 'is a file that workers have: it changes with the file' : 'ships with Gantry';
  return new ApiError('MODULE_BUILT_IN', `The module ${orgSlug}/${slug} ${where}.`);
}
