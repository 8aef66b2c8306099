import type { ModuleVersion } from '@gantry/contracts/http/module';
import { parseModuleRef } from '@gantry/domain/module-ref';
import { findModule } from '@gantry/record/modules/find-module';
import { findVersion } from '@gantry/record/modules/find-version';
import type { Row } from '@gantry/record/schema/tables';
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import { notFound } from '../http/api-error.ts';

export const VERSIONS_PATH = '/api/modules/:orgSlug/:slug/versions';
export const VERSION_PATH = '/api/modules/:orgSlug/:slug/versions/:version';

/** What does not read as the name of a module names none. */
export const versionsParams = z
  .object({ orgSlug: z.string(), slug: z.string() })
  .refine(({ orgSlug, slug }) => parseModuleRef(`${orgSlug}/${slug}`)?.version === undefined);
export const versionParams = z.object({ orgSlug: z.string(), slug: z.string(), version: z.string() });

/** @param latest the version that steps get which name none */
export function versionAnswer(row: Row<'module_versions'>, latest: string | undefined): ModuleVersion {
  return {
    id: row.id,
    ref: `module://${row.org_slug}/${row.slug}:${row.version}`,
    orgSlug: row.org_slug,
    slug: row.slug,
    version: row.version,
    name: row.name,
    description: row.description,
    metadata: row.metadata,
    sha256: row.sha256,
    publishedBy: row.published_by,
    publishedOn: row.published_at.toISOString(),
    withdrawnOn: row.withdrawn_at?.toISOString() ?? null,
    latest: row.withdrawn_at === null && row.version === latest,
  };
}

type Named = { organizationId: string; orgSlug: string; slug: string };

export async function latestOf({ db }: Pick<ApiDeps, 'db'>, named: Named): Promise<string | undefined> {
  const module = await findModule(db, named);
  return module?.metadata.bundle ? module.version : undefined;
}

/** @throws ApiError NOT_FOUND */
export async function readVersion(
  deps: Pick<ApiDeps, 'db'>,
  named: Named & { version: string },
): Promise<ModuleVersion> {
  const row = await findVersion(deps.db, named);
  if (row === undefined) throw notFound('module version', `${named.orgSlug}/${named.slug}:${named.version}`);
  return versionAnswer(row, await latestOf(deps, named));
}
